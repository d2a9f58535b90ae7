import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

const SETTLED: number = FLAG.hashed | FLAG.stored;
const LOOKED_AT: number = 0xff & ~FLAG.sparse;

export interface UnsettledRows {
  readonly rows: Uint32Array;
  /** How many of them, at the end, are files of which all is known, and the content is not stored. */
  readonly unstored: number;
}

/**
 * The rows that a scan has to look at even when nobody touched them: not stored, losses, files with
 * several names (which may be written through one outside), and files whose times prove nothing yet.
 */
export function unsettledRows(table: ScanTable): UnsettledRows {
  const { count, kind } = table;
  const rows: number[] = [];
  const unstored: number[] = [];
  for (let row = 0; row < count; row++) {
    const state = stateOf(table, row);
    if (state === SETTLED) continue;
    if (state === FLAG.hashed && isPlainFile(table, row)) unstored.push(row);
    else if (kind[row] !== KIND.ignored && kind[row] !== KIND.gone) rows.push(row);
  }
  const all = new Uint32Array(rows.length + unstored.length);
  all.set(rows);
  all.set(unstored, rows.length);
  return { rows: all, unstored: unstored.length };
}

/** Folders whose times prove nothing are no matter for those who know what was touched. */
function stateOf({ flags, kind }: ScanTable, row: number): number {
  const state = (flags[row] as number) & LOOKED_AT;
  return kind[row] === KIND.folder ? state & ~FLAG.racy : state;
}

/** Attributes have to be stored, wherever the content is. */
function isPlainFile({ kind, xattrs }: ScanTable, row: number): boolean {
  return kind[row] === KIND.file && !xattrs.has(row);
}

/** Notes these rows in the table itself, as in one that comes from a file. */
export function noteUnsettled(table: ScanTable): void {
  const { rows, unstored } = unsettledRows(table);
  table.unsettled = rows;
  table.unstored = unstored;
}

/** Lets go of those that are merely not stored, where that is no reason to look at them. */
export function dropUnstored(table: ScanTable): void {
  table.unsettled = table.unsettled.subarray(0, table.unsettled.length - table.unstored);
  table.unstored = 0;
}
