import { KIND, type ScanTable } from "./scan-table.ts";

/**
 * All rows below the root, each folder before what is in it. That is not the order in which they
 * lie: where a name came or went, the rows of a folder were moved to the end.
 */
export function* rowsTopDown(table: ScanTable): Generator<number> {
  const folders = [0];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const first = table.firstChild[folder] as number;
    const end = first + (table.childCount[folder] as number);
    for (let row = first; row < end; row++) {
      yield row;
      if (table.kind[row] === KIND.folder) folders.push(row);
    }
  }
}
