import type { Entry } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { entryOf } from "./encode-table.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, KIND } from "./scan-table.ts";

/** What was written, by its path. */
export interface WrittenEntries {
  get(path: RawPath): Entry | undefined;
}

/**
 * Takes over the names of content that was just written and need not be read again: files that were
 * placed by us and still have the size and time that we gave them. Returns the other changed rows.
 */
export function adoptEntries(scan: Scan, written: WrittenEntries): number[] {
  return scan.changed.filter((row) => {
    const entry =
      scan.table.kind[row] === KIND.file ? written.get(scan.table.pathOf(row)) : undefined;
    return entry === undefined || !adopt(scan, row, entry);
  });
}

function adopt({ table }: Scan, row: number, entry: Entry): boolean {
  const live = entryOf(table, row);
  if (live.size !== entry.size || live.mtime !== entry.mtime || entry.content === "") return false;
  table.setId(row, entry.content);
  table.setFlag(row, FLAG.hashed | FLAG.stored | (entry.sparse === true ? FLAG.sparse : 0));
  if (entry.xattrs !== undefined) table.xattrs.set(row, entry.xattrs);
  return true;
}
