import type { Actor } from "../model/operation.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { noteAutoSnapshot } from "../repo/auto-list.ts";
import { appendOperation, syncLog } from "../repo/operation-log.ts";
import type { Repo } from "../repo/repo.ts";
import { moveHead } from "../repo/worktrees.ts";

/**
 * What is left to do once a snapshot exists: the head moves to it, the log tells of it. Everything
 * follows from the descriptor, so that a command that finds the work unfinished can do the same
 * again. A safety snapshot moves no head; the operation that it protects is what the log tells.
 */
export function finishSnapshot(repo: Repo, descriptor: Descriptor, actor: Actor): void {
  const { snapshot_id: id, worktree_name: worktree, kind } = descriptor;
  if (kind === "safety") return;
  const parent = descriptor.parent_id;
  moveHead(repo, worktree, { expected: parent, head: id, latest: id });
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
