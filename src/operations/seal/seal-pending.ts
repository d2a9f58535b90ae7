import { ERROR_CODES, JvsError } from "../../model/errors.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import { layoutOf } from "../../repo/layout.ts";
import { listPendingMarks } from "../../repo/payloads.ts";
import { findRepoRoot, openRepo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";

/** The exit status of damage. */
const DAMAGE = 12;
const TRIES = 4;

/**
 * Seals what is pending: for every operation that looks at what snapshots hold, before it opens
 * anything or takes a lock. Costs a look at one folder while nothing is. What is damaged stays
 * pending, and is returned; who needs it is told so (see viewOf).
 *
 * @throws E_LOCKED, E_NO_SPACE, E_INTERRUPTED, SystemError
 */
export async function sealPending(ctx: Context): Promise<ReadonlySet<SnapshotId>> {
  const root = findRepoRoot(ctx.cwd);
  const ids = root === undefined ? [] : listPendingMarks({ layout: layoutOf(root) });
  const damaged = new Set<SnapshotId>();
  if (root === undefined || ids.length === 0) return damaged;
  const { sealSnapshot } = await import("./seal-snapshot.ts");
  const { openContent } = await import("../open-workspace.ts");
  const repository = openContent(openRepo(root));
  for (const id of ids) {
    try {
      await sealSnapshot(ctx, repository, { id, rate: 0 });
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.add(id);
    }
  }
  return damaged;
}

/**
 * Seals what is pending and does the work; once more where a snapshot that it needs was taken in
 * between. For work that has done nothing yet when it looks at what snapshots hold.
 *
 * @throws what {@link sealPending} and the work throw
 */
export async function withSealed<T>(ctx: Context, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const damaged = await sealPending(ctx);
    try {
      return await work();
    } catch (error) {
      const id = pendingIn(error);
      if (id === undefined || damaged.has(id) || attempt === TRIES) throw error;
    }
  }
}

/** The pending snapshot whose content was wanted. */
function pendingIn(error: unknown): SnapshotId | undefined {
  if (!(error instanceof JvsError) || error.details.pending !== true) return undefined;
  return error.details.snapshot_id as SnapshotId;
}

/** Whether something that snapshots need is gone, or is not as it was. */
export function isDamage(error: unknown): error is JvsError {
  return error instanceof JvsError && ERROR_CODES[error.code].exit === DAMAGE;
}
