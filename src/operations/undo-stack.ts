import type { OperationRecord } from "../model/operation.ts";

/** Operations that can be taken back. */
const UNDOABLE: ReadonlySet<string> = new Set(["snapshot", "restore"]);

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
    else if (decided.get(record.seq) !== "undo") return record;
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
  const wanted = lastUndone(ofWorktree(log(), worktree));
  if (wanted === undefined) return undefined;
  for (const record of log()) if (record.seq === wanted) return record;
  return undefined;
}

/** The subject of the newest undo that no redo has answered; undos and redos are all that may come before it. */
function lastUndone(newestFirst: Iterable<OperationRecord>): number | undefined {
  const redone = new Set<number>();
  for (const record of newestFirst) {
    const about = subjectOf(record);
    if (about === undefined) return undefined;
    if (record.operation === "redo") redone.add(about);
    else if (!redone.delete(about)) return about;
  }
  return undefined;
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
