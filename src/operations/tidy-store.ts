import { JvsError } from "../model/errors.ts";
import { lockRepository } from "../repo/lock.ts";
import type { Context } from "./context.ts";
import type { Workspace } from "./open-workspace.ts";

/**
 * Brings many small packs together, so that the hundredth snapshot finds as few as the first.
 * Housekeeping: when somebody else is at it, or the disk is full, it waits for another time.
 */
export async function tidyStore(ctx: Context, { repo, store }: Workspace): Promise<void> {
  if (!store.needsConsolidation()) return;
  try {
    using _lock = await lockRepository(repo, "packs", {
      actor: ctx.actor,
      command: "jvs snapshot",
      timeoutMs: 0,
    });
    store.consolidate();
  } catch (error) {
    if (error instanceof JvsError && error.code !== "E_LOCKED") throw error;
  }
}
