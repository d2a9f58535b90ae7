import { type RawPath, toText } from "../model/raw-path.ts";
import type { RestoreQuery, RestoreReport } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { resolvePaths } from "../tree/path-filter.ts";
import { carryOut, type MoveRequest, preview } from "./carry-out-move.ts";
import type { Context } from "./context.ts";
import { lockWorkspace } from "./lock-workspace.ts";
import type { Workspace } from "./open-workspace.ts";
import { partialPathsOf } from "./partial-paths.ts";
import { resolveRef } from "./resolve-ref.ts";
import { withSealed } from "./seal/seal-pending.ts";
import { refusePending } from "./tree-of.ts";

/**
 * Puts the workspace, or some of its paths, back to a snapshot. What is unsaved is kept in a safety
 * snapshot first.
 *
 * @throws E_NO_REPOSITORY, E_LOCKED, E_NOT_FOUND, E_AMBIGUOUS, E_PATH_ESCAPE, E_NO_SPACE,
 *   E_OBJECT_DAMAGED, E_INTERRUPTED; the workspace is then as before
 */
export function restoreSnapshot(ctx: Context, query: RestoreQuery): Promise<RestoreReport> {
  return withSealed(ctx, () => restore(ctx, query));
}

async function restore(ctx: Context, query: RestoreQuery): Promise<RestoreReport> {
  using locked = await lockWorkspace(ctx, "restore");
  const { workspace } = locked;
  const target = resolveTarget(ctx, workspace, query);
  refusePending(target); // Before anything is kept or changed.
  const paths = resolvePaths(
    query.paths.map((path) => path as RawPath),
    { cwd: ctx.cwd, workspace: workspace.path },
  );
  const request = goal(workspace, { target, paths, discard: query.discard });
  // Awaited here: the lock is held until it is done.
  if (query.dryRun) return await preview(ctx, workspace, request);
  if (query.paths.length > 0) {
    const planned = await preview(ctx, workspace, request);
    // Nothing to keep, and nothing for undo to take back.
    if (planned.changes.length === 0) return { ...planned, status: "restored" };
  }
  return await carryOut(ctx, workspace, request);
}

/** `restore HEAD` leads back to the newest snapshot of the worktree; with paths HEAD is the current one. */
function resolveTarget(
  ctx: Context,
  { repo, worktree }: Workspace,
  { ref, paths }: RestoreQuery,
): Descriptor {
  const { latest_snapshot_id: latest } = worktree;
  if (ref === "HEAD" && paths.length === 0 && latest !== undefined)
    return readDescriptor(repo, latest);
  return resolveRef({ repo, worktree, now: ctx.now() }, ref);
}

/**
 * Where head goes, and what the log says. Single paths do not move the head. A snapshot of some
 * paths brings those alone back, and the head moves to it all the same.
 */
function goal(
  { worktree }: Workspace,
  what: Pick<MoveRequest, "target" | "paths" | "discard">,
): MoveRequest {
  const head = what.paths.length === 0 ? what.target.snapshot_id : worktree.head_snapshot_id;
  return {
    ...what,
    paths: what.paths.length === 0 ? partialPathsOf(what.target) : what.paths,
    operation: "restore",
    reason: what.paths.map(toText).join(", "),
    head,
    latest: worktree.latest_snapshot_id ?? head,
    undoes: undefined,
    knownAs: undefined,
    mustExist: true,
  };
}
