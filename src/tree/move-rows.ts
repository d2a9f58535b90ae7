import { COLUMNS } from "./columns.ts";
import { KIND, type ScanTable } from "./scan-table.ts";

/** Everything but a row's place: its name and its folder. */
const FACTS = COLUMNS.map(([name]) => name).filter(
  (name) => name !== "nameStart" && name !== "parent",
);

/** Writes the facts of one row over those of another, attributes among them. */
export function copyRow(table: ScanTable, to: number, from: number): void {
  for (const column of FACTS) table[column][to] = table[column][from] as number;
  table.idWords.copyWithin(to * 8, from * 8, from * 8 + 8);
  const xattrs = table.xattrs.get(from);
  if (xattrs === undefined) table.xattrs.delete(to);
  else table.xattrs.set(to, xattrs);
}

/** A row without a name, in no folder, that tells what `row` was. */
export function keepAside(table: ScanTable, row: number): number {
  const aside = table.addRow(0, table.names, { start: 0, length: 0 });
  copyRow(table, aside, row);
  return aside;
}

/** Rows that stand together. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** What is in these rows is in no folder any more. */
export function buryRows(table: ScanTable, ranges: readonly RowRange[]): void {
  for (const { first, count } of ranges) {
    table.kind.fill(KIND.gone, first, first + count);
    table.flags.fill(0, first, first + count);
    table.totals.dead += count;
    if (table.xattrs.size === 0) continue;
    for (let row = first; row < first + count; row++) table.xattrs.delete(row);
  }
}
