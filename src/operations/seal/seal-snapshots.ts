import { getPriority, setPriority } from "node:os";
import type { SealReport } from "../../model/reports.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import { listDescriptors } from "../../repo/descriptors.ts";
import { locateWorktree } from "../../repo/locate-worktree.ts";
import { isLocked, type Lock, lockRepository } from "../../repo/lock.ts";
import { listPendingMarks } from "../../repo/payloads.ts";
import type { Repo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";
import { openRepository, type Repository } from "../open-workspace.ts";
import { resolveRef } from "../resolve-ref.ts";
import { isPending } from "../tree-of.ts";
import { isDamage } from "./seal-pending.ts";
import { type SealPace, sealSnapshot } from "./seal-snapshot.ts";

export interface SealQuery extends SealPace {
  /** One snapshot; all of them without it. */
  readonly ref?: string;
  /** At low priority, and only when no other process does the same. */
  readonly idle: boolean;
}

const LOWEST_PRIORITY = 19;

/**
 * Reads what snapshots left for later, the oldest first, and gives them their records.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_LOCKED, E_NO_SPACE, E_INTERRUPTED. Damage is no
 *   error, but the report.
 */
export async function sealSnapshots(ctx: Context, query: SealQuery): Promise<SealReport> {
  const repository = openRepository(ctx);
  if (!query.idle) return await sealAll(ctx, repository, query);
  using idle = await becomeIdle(ctx, repository.repo);
  return idle === undefined ? { sealed: [], damaged: [] } : await sealAll(ctx, repository, query);
}

async function sealAll(
  ctx: Context,
  repository: Repository,
  query: SealQuery,
): Promise<SealReport> {
  const sealed: SnapshotId[] = [];
  const damaged: SealReport["damaged"][number][] = [];
  for (const id of choose(ctx, repository, query)) {
    try {
      const descriptor = await sealSnapshot(ctx, repository, { id, rate: query.rate });
      if (descriptor !== undefined) sealed.push(id);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push({ snapshot_id: id, why: error.message });
    }
  }
  return { sealed, damaged };
}

/** Marks may be lost, as in a copy of the repository: whoever asks by hand has all records looked at. */
function choose(ctx: Context, { repo }: Repository, { ref, idle }: SealQuery): SnapshotId[] {
  if (ref !== undefined) {
    const worktree = locateWorktree(repo, ctx.cwd)?.worktree;
    return [resolveRef({ repo, worktree, now: ctx.now() }, ref).snapshot_id];
  }
  const marked = listPendingMarks(repo);
  const pending = idle ? [] : listDescriptors(repo).descriptors.filter(isPending);
  return [...new Set([...marked, ...pending.map((one) => one.snapshot_id)])].sort();
}

/** Undefined where another process is at it. */
async function becomeIdle(ctx: Context, repo: Repo): Promise<Lock | undefined> {
  const options = { actor: ctx.actor, command: "jvs seal", timeoutMs: 0 };
  try {
    const lock = await lockRepository(repo, "idle-seal", options);
    if (getPriority() < LOWEST_PRIORITY) setPriority(LOWEST_PRIORITY);
    return lock;
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw error;
  }
}
