import { JvsError } from "../model/errors.ts";
import type { OperationRecord, RefMove } from "../model/operation.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { UndoReport } from "../model/reports.ts";
import { type SnapshotId, shortId } from "../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { readOperationsBackwards } from "../repo/operation-log.ts";
import { readTombstones } from "../repo/tombstones.ts";
import { carryOut } from "./carry-out-move.ts";
import type { Context } from "./context.ts";
import { lockWorkspace } from "./lock-workspace.ts";
import { finishMove } from "./move-workspace.ts";
import { newId } from "./new-id.ts";
import type { Workspace } from "./open-workspace.ts";
import { refuseUnlogged } from "./refuse-unlogged.ts";
import { sealPending } from "./seal/seal-pending.ts";
import { findRedo, findUndo, findUndoOf, isAboutWorktrees, isEdit } from "./undo-stack.ts";

/** Takes back the newest operation of this worktree that is not taken back yet. */
export function undoOperation(ctx: Context): Promise<UndoReport> {
  return turn(ctx, "undo");
}

/** Does again what the newest undo took back, as long as nothing else was done since. */
export function redoOperation(ctx: Context): Promise<UndoReport> {
  return turn(ctx, "redo");
}

/** One operation, seen in the direction in which it is turned: from `from` to `to`. */
interface Turn {
  readonly direction: "undo" | "redo";
  readonly record: OperationRecord;
  readonly head: SnapshotId | undefined;
  readonly latest: SnapshotId | undefined;
  /** Where the worktree should be now, by the log. */
  readonly now: { readonly head: string | null; readonly latest: string | null };
  /** The snapshot whose content the workspace gets; undefined when the operation changed no files. */
  readonly files: SnapshotId | null | undefined;
  /** The snapshot that held the workspace on the other side of the operation. */
  readonly filesNow: SnapshotId | null | undefined;
  readonly paths: readonly RawPath[];
}

/** @throws E_NOTHING_TO_UNDO, E_AUDIT_CHAIN_BROKEN, E_NO_REPOSITORY, E_LOCKED and what a restore throws */
async function turn(ctx: Context, direction: "undo" | "redo"): Promise<UndoReport> {
  await sealPending(ctx);
  using locked = await lockWorkspace(ctx, direction);
  const { workspace } = locked;
  const log = (): Iterable<OperationRecord> => readOperationsBackwards(workspace.repo);
  const find = direction === "undo" ? findUndo : findRedo;
  const record = find(log, workspace.worktree.name);
  if (record === undefined) throw nothingTo(direction);
  if (isAboutWorktrees(record)) {
    const { turnWorktree } = await import("./turn-worktree.ts");
    return await turnWorktree(ctx, workspace, { record, direction });
  }
  if (record.operation === "config") {
    const { turnSetting } = await import("./settings/turn-setting.ts");
    return await turnSetting(ctx, workspace, { record, direction });
  }
  if (isEdit(record)) {
    const { turnEdit } = await import("./edit/turn-edit.ts");
    return await turnEdit(ctx, workspace, { record, direction });
  }
  const undone = direction === "redo" ? findUndoOf(log, record.seq) : undefined;
  const side = { worktree: workspace.worktree.name, undone };
  return await turnState(ctx, workspace, directionOf(record, direction, side));
}

/** Takes the workspace and its head to one side of an operation. */
async function turnState(ctx: Context, workspace: Workspace, wanted: Turn): Promise<UndoReport> {
  refuseUnlogged(workspace.worktree, { ...wanted, ...wanted.now });
  // Work that was given up is gone; what had been saved before it is not.
  const files = wanted.files === null ? wanted.head : wanted.files;
  if (wanted.files === null && files === undefined) throw givenUp(wanted.record);
  refuseRemoved(workspace, wanted);
  return files === undefined
    ? turnRefs(ctx, workspace, wanted)
    : await turnFiles(ctx, workspace, { ...wanted, files, isGivenUp: wanted.files === null });
}

/** A redo takes back the undo: what had been done since the operation itself comes back, too. */
function directionOf(
  record: OperationRecord,
  direction: "undo" | "redo",
  { worktree, undone }: { worktree: string; undone: OperationRecord | undefined },
): Turn {
  const source = undone ?? record;
  const side = direction === "undo" || undone !== undefined ? 0 : 1;
  const move = (name: string): RefMove | undefined => source.refs[`${worktree}/${name}`];
  const at = (name: string): string | null | undefined => move(name)?.[side];
  const now = (name: string): string | null => move(name)?.[1 - side] ?? null;
  const paths = at("paths");
  return {
    direction,
    record,
    head: (at("head") ?? undefined) as SnapshotId | undefined,
    latest: (at("latest") ?? undefined) as SnapshotId | undefined,
    now: { head: now("head"), latest: now("latest") },
    files: at("files") as SnapshotId | null | undefined,
    filesNow: move("files")?.[1 - side] as SnapshotId | null | undefined,
    paths: typeof paths === "string" ? (JSON.parse(paths) as RawPath[]) : [],
  };
}

/** A snapshot is taken back by moving the head alone: the workspace keeps its files. */
function turnRefs(
  ctx: Context,
  { repo, worktree }: Workspace,
  { direction, record, head, latest }: Turn,
): UndoReport {
  const { name, head_snapshot_id, latest_snapshot_id } = worktree;
  finishMove(
    repo,
    {
      id: newId(ctx),
      operation: direction,
      reason: "",
      target: record.target as SnapshotId,
      before: null,
      paths: [],
      expected: head_snapshot_id,
      head,
      latest,
      refs: {
        [`${name}/head`]: [head_snapshot_id ?? null, head ?? null],
        [`${name}/latest`]: [latest_snapshot_id ?? null, latest ?? null],
        undoes: [null, String(record.seq)],
      },
      actor: ctx.actor,
    },
    name,
  );
  const id = shortId(record.target as SnapshotId);
  const effect =
    direction === "undo"
      ? `Snapshot ${id} is out of the history again; your files are as they were`
      : `Snapshot ${id} is in the history again; your files are as they were`;
  return reportOf(record, head, effect);
}

async function turnFiles(
  ctx: Context,
  workspace: Workspace,
  wanted: Turn & { files: SnapshotId; isGivenUp: boolean },
): Promise<UndoReport> {
  const { direction, record, head, latest, files, paths } = wanted;
  const restore = await carryOut(ctx, workspace, {
    target: readDescriptor(workspace.repo, files),
    paths,
    discard: false,
    operation: direction,
    reason: `${record.operation} ${record.target}`,
    head,
    latest,
    undoes: record.seq,
    knownAs: wanted.filesNow ?? undefined,
  });
  const where = direction === "undo" ? "before" : "after";
  const lost = wanted.isGivenUp ? ", but for the unsaved work that was given up then" : "";
  const effect = `The workspace is as it was ${where} ${record.operation} ${shortId(record.target as SnapshotId)}${lost}`;
  return { ...reportOf(record, head, effect), restore };
}

function reportOf(
  record: OperationRecord,
  head: SnapshotId | undefined,
  effect: string,
): UndoReport {
  const { seq, operation, target, timestamp } = record;
  return { seq, operation, target, timestamp, effect, head: head ?? null };
}

function nothingTo(direction: "undo" | "redo"): JvsError {
  return new JvsError(`Cannot ${direction}: there is nothing to ${direction}`, {
    code: "E_NOTHING_TO_UNDO",
    hint: "`jvs operations` lists what was done here",
  });
}

/** What gc has removed cannot be stood on again. */
function refuseRemoved(
  { repo }: Workspace,
  { direction, record, head, latest, files }: Turn,
): void {
  const gone = [head, latest, files].find((id) => id && !hasDescriptor(repo, id));
  if (!gone) return;
  if (!readTombstones(repo).has(gone)) throw lost(gone, direction, record);
  throw new JvsError(
    `Cannot ${direction} operation ${record.seq} (${record.operation}): snapshot ${shortId(gone)} was removed`,
    {
      code: "E_NOTHING_TO_UNDO",
      hint: "`jvs history` shows what is left; `jvs pin add` keeps snapshots from gc",
      details: { seq: record.seq, snapshot_id: gone },
    },
  );
}

function lost(id: SnapshotId, direction: string, { seq, operation }: OperationRecord): JvsError {
  return new JvsError(
    `Cannot ${direction} operation ${seq} (${operation}): the record of snapshot ${shortId(id)} is gone`,
    {
      code: "E_DESCRIPTOR_CORRUPT",
      hint: `No command removed it: put descriptors/${id}.json back from a backup; \`jvs doctor\` says what else is missing`,
      details: { seq, snapshot_id: id },
    },
  );
}

function givenUp({ seq, operation }: OperationRecord): JvsError {
  return new JvsError(
    `Cannot undo operation ${seq} (${operation}): it was told to give up unsaved work`,
    {
      code: "E_NOTHING_TO_UNDO",
      hint: "`jvs history` and `jvs restore <ref>` lead to what was saved",
      details: { seq },
    },
  );
}
