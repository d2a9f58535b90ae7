import { FLAG, type ScanTable } from "./scan-table.ts";

/** Gives a row the mode, owner, attributes and what is known of holes of the row `from` of another table. */
export function copyMetadata(
  table: ScanTable,
  row: number,
  { old, from }: { readonly old: ScanTable; readonly from: number },
): void {
  table.mode[row] = old.mode[from] as number;
  table.uid[row] = old.uid[from] as number;
  table.gid[row] = old.gid[from] as number;
  table.clearFlag(row, FLAG.sparse);
  table.setFlag(row, (old.flags[from] as number) & FLAG.sparse);
  const xattrs = old.xattrs.get(from);
  if (xattrs === undefined) table.xattrs.delete(row);
  else table.xattrs.set(row, xattrs);
}
