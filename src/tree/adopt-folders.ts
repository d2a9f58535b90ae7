import type { ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { ChildNames } from "./child-names.ts";
import type { ComparedFolder } from "./diff-trees.ts";
import { deepestFirst, formatRow } from "./encode-table.ts";
import { NamedLines } from "./named-lines.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, NO_ROW, type ScanTable } from "./scan-table.ts";

/** What a name of a folder that is held against its object leaves behind, in the measure of {@link Garbage}. */
const THINGS_EACH = 5;

/**
 * Gives the folders of a scan that changed the names that they have in a stored tree, where they are
 * as that tree has them: they need not be encoded, and are in the store. The others stay as they are.
 *
 * That a folder is so follows from a comparison of the tree with the table before the scan: a line
 * that neither differed then nor was found changed by the scan is still the same. So it is enough to
 * look at those that did and those that were, and to count all.
 *
 * @param compared by path, every folder that the comparison looked into. Of a table as it was when
 *   the scan began, with the same owner of the root
 */
export function adoptFolders(scan: Scan, compared: ReadonlyMap<RawPath, ComparedFolder>): void {
  const { table, changed, dirty } = scan;
  const news = Map.groupBy([...changed, ...dirty], (row) => table.parent[row] as number);
  const garbage = new Garbage();
  const others = deepestFirst(table, dirty).filter((row) => {
    garbage.add(THINGS_EACH * (table.childCount[row] as number));
    const wanted = table.isFolder(row) ? compared.get(table.pathOf(row)) : undefined;
    if (wanted?.id === undefined) return true;
    if (!isAsWanted(table, { row, wanted, news: news.get(row) ?? [] })) return true;
    adopt(table, row, wanted.id);
    return false;
  });
  dirty.splice(0, dirty.length, ...others);
}

interface Question {
  readonly row: number;
  readonly wanted: ComparedFolder;
  /** Rows in the folder that the scan found to be other than before, or that are not named yet. */
  readonly news: readonly number[];
}

function isAsWanted(table: ScanTable, { row: folder, wanted, news }: Question): boolean {
  const wantedLines = wanted.lines();
  if (table.keptCount[folder] !== wantedLines.length) return false;
  const lines = new NamedLines(wantedLines);
  const children = new ChildNames(table, folder);
  const differing = wanted.differing.split("/").filter(Boolean) as RawPath[];
  const differed = differing.every((name) => {
    const row = children.find(name);
    const line = row === NO_ROW || !table.isKept(row) ? undefined : formatRow(table, row, name);
    return line === lines.find(name);
  });
  // The root stands in itself.
  return (
    differed &&
    news.every((row) => {
      const name = table.nameOf(row);
      return row === 0 || (table.isKept(row) && formatRow(table, row, name) === lines.find(name));
    })
  );
}

function adopt(table: ScanTable, row: number, id: ObjectId): void {
  table.size[row] = bytesBelow(table, row);
  table.setId(row, id);
  table.clearFlag(row, FLAG.dirty | FLAG.stored);
  // Of its own attributes, which "stored" speaks of, too, nothing was learned.
  table.setFlag(row, table.xattrs.has(row) ? FLAG.hashed : FLAG.hashed | FLAG.stored);
}

function bytesBelow(table: ScanTable, folder: number): number {
  const first = table.firstChild[folder] as number;
  let below = 0;
  for (let row = first, end = first + (table.childCount[folder] as number); row < end; row++)
    if (table.isKept(row)) below += table.size[row] as number;
  return below;
}
