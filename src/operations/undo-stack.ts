import type { OperationRecord } from "../model/operation.ts";

/** Operations that can be taken back. */
const UNDOABLE: ReadonlySet<string> = new Set([
  "snapshot",
  "restore",
  "note",
  "tag",
  "pin",
  "config",
  "fork",
  "worktree-create",
  "worktree-remove",
  "worktree-rename",
]);

/**
 * The operation that `undo` takes back: the newest of this worktree that is not taken back, or was
 * done again. `log` gives the operations newest first and is read only as far as needed.
 */
export function findUndo(
  log: () => Iterable<OperationRecord>,
  worktree: string,
): OperationRecord | undefined {
  const decided = new Map<number, string>();
  for (const record of ofWorktree(log(), worktree)) {
    const about = subjectOf(record);
    if (about !== undefined) decided.set(about, decided.get(about) ?? record.operation);
    else if (!UNDOABLE.has(record.operation)) return undefined;
    else if (decided.get(record.seq) !== "undo") return isTurnedHere(record, worktree);
  }
  return undefined;
}

/**
 * The operation that `redo` does again: the last one taken back, unless something else was done
 * since. `log` gives the operations newest first, each time from the newest on.
 */
export function findRedo(
  log: () => Iterable<OperationRecord>,
  worktree: string,
): OperationRecord | undefined {
  const wanted = lastUndone(log, worktree);
  if (wanted === undefined) return undefined;
  for (const record of log()) if (record.seq === wanted) return record;
  return undefined;
}

/** The newest undo of the operation `seq`. */
export function findUndoOf(
  log: () => Iterable<OperationRecord>,
  seq: number,
): OperationRecord | undefined {
  for (const record of log())
    if (record.operation === "undo" && subjectOf(record) === seq) return record;
  return undefined;
}

/** The subject of the newest undo that no redo has answered; undos and redos are all that may come before it. */
function lastUndone(log: () => Iterable<OperationRecord>, worktree: string): number | undefined {
  const redone = new Set<number>();
  for (const record of ofWorktree(log(), worktree)) {
    const about = subjectOf(record);
    if (about === undefined || isTurnedHere(record, worktree) === undefined) return undefined;
    if (record.operation === "redo") redone.add(about);
    else if (!redone.delete(about)) return about;
  }
  return undefined;
}

/** A worktree is not taken back from within itself, but from where it was made, removed or renamed. */
function isTurnedHere(record: OperationRecord, worktree: string): OperationRecord | undefined {
  const isHere = !isAboutWorktrees(record) || `${worktree}/worktrees` in record.refs;
  return isHere ? record : undefined;
}

/** Whether worktrees were made, removed or renamed; also by an undo or a redo. */
export function isAboutWorktrees({ refs }: OperationRecord): boolean {
  return Object.keys(refs).some((name) => name.endsWith("/worktrees"));
}

/** Whether something was said of a snapshot: its note, its tags, its pin. */
export function isEdit({ refs }: OperationRecord): boolean {
  return Object.keys(refs).some((name) => /^[^/]+\/(note|tags|pin):/.test(name));
}

/** The `seq` that an undo or a redo is about. */
function subjectOf({ operation, refs }: OperationRecord): number | undefined {
  if (operation !== "undo" && operation !== "redo") return undefined;
  return Number(refs.undoes?.[1]);
}

function* ofWorktree(
  records: Iterable<OperationRecord>,
  worktree: string,
): Generator<OperationRecord> {
  for (const record of records)
    if (Object.keys(record.refs).some((name) => name.startsWith(`${worktree}/`))) yield record;
}
