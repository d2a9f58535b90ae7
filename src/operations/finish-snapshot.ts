import type { Actor } from "../model/operation.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { noteAutoSnapshot } from "../repo/auto-list.ts";
import { appendOperation, syncLog } from "../repo/operation-log.ts";
import type { Repo } from "../repo/repo.ts";
import { type HeadMove, moveHead } from "../repo/worktrees.ts";

export interface FinishOptions {
  readonly actor: Actor;
  /** See moveHead. */
  readonly isDrafted?: boolean;
}

/** How the head moves to a snapshot once it exists. A safety snapshot moves none. */
export function headMoveOf({ kind, parent_id, snapshot_id: id }: Descriptor): HeadMove | undefined {
  return kind === "safety" ? undefined : { expected: parent_id, head: id, latest: id };
}

/**
 * What is left to do once a snapshot exists: the head moves to it, the log tells of it. Everything
 * follows from the descriptor, so that a command that finds the work unfinished can do the same
 * again. A safety snapshot is told of by the operation that it protects.
 */
export function finishSnapshot(
  repo: Repo,
  descriptor: Descriptor,
  { actor, isDrafted = false }: FinishOptions,
): void {
  const { snapshot_id: id, worktree_name: worktree, kind } = descriptor;
  const move = headMoveOf(descriptor);
  if (move === undefined) return;
  const parent = descriptor.parent_id;
  moveHead(repo, worktree, { ...move, isDrafted });
  appendOperation(repo, {
    operation: "snapshot",
    actor,
    target: id,
    reason: descriptor.note ?? "",
    refs: {
      [`${worktree}/head`]: [parent ?? null, id],
      [`${worktree}/latest`]: [parent ?? null, id],
    },
    now: new Date(descriptor.created_at),
    event_id: id,
  });
  // Limits look at this list alone: without this a command killed from here on would leave one too many.
  if (kind === "auto") noteAutoSnapshot(repo, { id, storedBytes: descriptor.stored_bytes });
  // The intent goes next; after a power cut the log must still know what was done.
  syncLog(repo);
}
