import type { OperationRecord } from "../../model/operation.ts";
import type { UndoReport } from "../../model/reports.ts";
import { type SnapshotId, shortId } from "../../model/snapshot.ts";
import type { Context } from "../context.ts";
import { newId } from "../new-id.ts";
import type { Workspace } from "../open-workspace.ts";
import { carryOutEdit, type Edit } from "./carry-out-edit.ts";
import { lockEdits } from "./edit-snapshot.ts";

/** Takes an edit back, or makes it again. The caller holds the lock of the worktree. */
export async function turnEdit(
  ctx: Context,
  workspace: Workspace,
  { record, direction }: { record: OperationRecord; direction: "undo" | "redo" },
): Promise<UndoReport> {
  using _edits = await lockEdits(ctx, workspace);
  const { name, head_snapshot_id: head = null } = workspace.worktree;
  const made = findEdit(record, name);
  const edit = direction === "redo" ? made : { ...made, before: made.after, after: made.before };
  carryOutEdit(workspace.repo, {
    id: newId(ctx),
    operation: direction,
    worktree: name,
    edit,
    reason: `${record.operation} ${record.target}`,
    undoes: record.seq,
    actor: ctx.actor,
    now: ctx.now().toISOString(),
  });
  const { seq, operation, target, timestamp } = record;
  return { seq, operation, target, timestamp, effect: describe(edit), head };
}

function findEdit({ refs }: OperationRecord, worktree: string): Edit {
  for (const [key, [before, after]] of Object.entries(refs)) {
    const [, about, id] = /^(note|tags|pin):(.+)$/.exec(key.slice(worktree.length + 1)) ?? [];
    if (about !== undefined && key.startsWith(`${worktree}/`))
      return { about: about as Edit["about"], snapshot: id as SnapshotId, before, after };
  }
  throw new TypeError("an edit in the log names nothing that was edited");
}

function describe({ about, snapshot, after }: Edit): string {
  const name = shortId(snapshot);
  if (about === "pin") return `Snapshot ${name} is ${after === null ? "not pinned" : "pinned"}`;
  if (after === null) return `Snapshot ${name} has no ${about}`;
  const text = about === "note" ? `"${after}"` : (JSON.parse(after) as string[]).join(", ");
  return `Snapshot ${name} has the ${about} ${text}`;
}
