import { ERROR_CODES, JvsError } from "../../model/errors.ts";
import { listPendingMarks } from "../../repo/payloads.ts";
import { findRepo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";

/** The exit status of damage. */
const DAMAGE = 12;

/**
 * Seals what is pending: for every operation that looks at what snapshots hold, before it opens
 * anything or takes a lock. Costs a look at one folder while nothing is. What is damaged stays
 * pending; who needs it is told so (see viewOf).
 *
 * @throws E_LOCKED, E_NO_SPACE, E_INTERRUPTED, SystemError
 */
export async function sealPending(ctx: Context): Promise<void> {
  const repo = findRepo(ctx.cwd);
  const ids = repo === undefined ? [] : listPendingMarks(repo);
  if (repo === undefined || ids.length === 0) return;
  const { sealSnapshot } = await import("./seal-snapshot.ts");
  const { openContent } = await import("../open-workspace.ts");
  const repository = openContent(repo);
  for (const id of ids) {
    try {
      await sealSnapshot(ctx, repository, { id, rate: 0 });
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
}

/** Whether something that snapshots need is gone, or is not as it was. */
export function isDamage(error: unknown): error is JvsError {
  return error instanceof JvsError && ERROR_CODES[error.code].exit === DAMAGE;
}
