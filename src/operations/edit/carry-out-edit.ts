import { failPoint } from "../../model/fail-point.ts";
import type { Actor, RefMove } from "../../model/operation.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import { readDescriptor } from "../../repo/descriptors.ts";
import { editDescriptor } from "../../repo/edit-descriptor.ts";
import { type Intent, removeIntent, writeIntent } from "../../repo/intents.ts";
import { appendOperation, syncLog } from "../../repo/operation-log.ts";
import { type Pin, writePin } from "../../repo/pins.ts";
import type { Repo } from "../../repo/repo.ts";

/** One thing said about a snapshot: its note as it is, its tags or its pin as JSON; null for none. */
export interface Edit {
  readonly about: "note" | "tags" | "pin";
  readonly snapshot: SnapshotId;
  readonly before: string | null;
  readonly after: string | null;
}

/** An edit with all that it takes to finish it after a crash. */
export interface EditPlan {
  /** Names the intent and the line in the log. */
  readonly id: string;
  readonly operation: "note" | "tag" | "pin" | "undo" | "redo";
  readonly worktree: string;
  readonly edit: Edit;
  readonly reason: string;
  /** For undo and redo: the operation it is about. */
  readonly undoes: number | null;
  readonly actor: Actor;
  readonly now: string;
}

/** Writes the edit down, makes it, logs it. The caller holds the worktree's lock and that for edits. */
export function carryOutEdit(repo: Repo, plan: EditPlan): void {
  const intent: Intent = {
    id: plan.id,
    kind: "edit",
    worktree: plan.worktree,
    started_at: plan.now,
    pid: plan.actor.pid,
    data: plan,
  };
  writeIntent(repo, intent, { sync: true });
  failPoint("edit-intent");
  finishEdit(repo, plan);
  removeIntent(repo, intent);
}

/** Makes the edit and logs it. May be done twice. */
export function finishEdit(repo: Repo, plan: EditPlan): void {
  const { edit, operation, actor, reason, worktree, undoes } = plan;
  const checksums = applyEdit(repo, edit);
  failPoint("edit-applied");
  appendOperation(repo, {
    operation,
    actor,
    target: edit.snapshot,
    reason,
    refs: {
      [`${worktree}/${edit.about}:${edit.snapshot}`]: [edit.before, edit.after],
      ...(checksums === undefined ? {} : { [`${worktree}/checksum:${edit.snapshot}`]: checksums }),
      ...(undoes === null ? {} : { undoes: [null, String(undoes)] }),
    },
    now: new Date(plan.now),
    event_id: plan.id,
  });
  syncLog(repo);
}

/** Returns the checksums of the descriptor before and after, where it was written anew. */
function applyEdit(repo: Repo, { about, snapshot, after }: Edit): RefMove | undefined {
  if (about === "pin") {
    writePin(repo, snapshot, after === null ? undefined : (JSON.parse(after) as Pin));
    return undefined;
  }
  const descriptor = readDescriptor(repo, snapshot);
  const change =
    about === "note"
      ? { note: after ?? "" }
      : { tags: JSON.parse(after ?? "[]") as readonly string[] };
  const edited = editDescriptor(repo, descriptor, change);
  return [descriptor.descriptor_checksum, edited.descriptor_checksum];
}
