import { COLUMNS } from "./columns.ts";
import type { ScanTable } from "./scan-table.ts";

/** A folder in a table. */
export interface FolderIn {
  readonly table: ScanTable;
  readonly folder: number;
}

/**
 * Adds all children of a folder of another table, as they were. Whole stretches of columns are
 * copied: a hundred times faster than row by row.
 */
export function copyChildren(to: FolderIn, from: FolderIn): void {
  const { table } = to;
  const old = from.table;
  const start = old.firstChild[from.folder] as number;
  const count = old.childCount[from.folder] as number;
  if (count === 0) return;
  const nameStart = old.nameStart[start] as number;
  const nameEnd = old.nameEnd(start + count - 1) + 1;
  table.ensureRoom(count, nameEnd - nameStart);
  const first = table.count;
  for (const [column] of COLUMNS)
    table[column].set(old[column].subarray(start, start + count), first);
  table.idWords.set(old.idWords.subarray(start * 8, (start + count) * 8), first * 8);
  table.names.set(old.names.subarray(nameStart, nameEnd), table.namesUsed);
  const shift = table.namesUsed - nameStart;
  if (shift !== 0)
    for (let row = first; row < first + count; row++)
      table.nameStart[row] = (table.nameStart[row] as number) + shift;
  table.parent.fill(to.folder, first, first + count);
  if (old.xattrs.size > 0) copyXattrs(to.table, { old, start, first, count });
  table.namesUsed += nameEnd - nameStart;
  table.count += count;
}

function copyXattrs(
  table: ScanTable,
  range: { old: ScanTable; start: number; first: number; count: number },
): void {
  for (let index = 0; index < range.count; index++) {
    const id = range.old.xattrs.get(range.start + index);
    if (id !== undefined) table.xattrs.set(range.first + index, id);
  }
}
