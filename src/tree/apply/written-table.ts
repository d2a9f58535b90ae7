import { statAt, statFd } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import { Garbage } from "../../model/garbage.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { changedBefore } from "../changed-before.ts";
import { unescapeName } from "../escape-name.ts";
import { FLAG, KIND, ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";

/** A folder of the tree, and where its entries stand in the table. */
export interface TableFolder {
  readonly path: RawPath;
  /** Its own row. */
  readonly row: number;
  readonly firstRow: number;
  readonly count: number;
}

/**
 * The stat index of a tree, made while that is written: each row when its file is closed, so that
 * nothing has to be walked or read afterwards. Rows stand in the order of the tree.
 */
export function makeWrittenTable(folders: readonly TableFolder[]): ScanTable {
  const rows = folders.reduce((sum, { count }) => sum + count, 1);
  const table = ScanTable.withRoom(rows, 0);
  table.count = rows;
  for (const { row, firstRow, count } of folders) {
    table.firstChild[row] = firstRow;
    table.childCount[row] = count;
    table.keptCount[row] = count;
    table.parent.fill(row, firstRow, firstRow + count);
  }
  return table;
}

/** Notes what an entry became. `stat` is how it looks now that nothing more is done to it. */
export function noteWritten(
  table: ScanTable,
  row: number,
  { entry, stat }: { entry: Entry; stat: StatBuffer },
): void {
  table.setStat(row, stat);
  if (entry.kind === "d") {
    table.setListing(row, 0);
    table.setFlag(row, FLAG.racy); // Nobody has listed it.
  }
  table.kind[row] = entry.kind.charCodeAt(0);
  table.size[row] = entry.size;
  table.setId(row, entry.content as ObjectId);
  const sparse = entry.sparse === true ? FLAG.sparse : 0;
  table.setFlag(row, FLAG.hashed | FLAG.stored | sparse);
  if (entry.xattrs !== undefined) table.xattrs.set(row, entry.xattrs);
}

/** Looks at the root folder, which no entry tells of. */
export function noteRoot(
  table: ScanTable,
  root: number,
  wanted: { content: ObjectId; size: number; xattrs: ObjectId | undefined },
): void {
  const stat = new StatBuffer();
  statFd(root, stat);
  const { xattrs, ...rest } = wanted;
  const entry = { name: "" as RawPath, kind: "d", mode: 0, mtime: "-", ...rest } as const;
  noteWritten(table, 0, { entry: xattrs === undefined ? entry : { ...entry, xattrs }, stat });
}

/** Looks again at files that got further names since. */
export function noteLinked(
  table: ScanTable,
  root: number,
  rows: ReadonlyMap<RawPath, number>,
): void {
  using cursor = new FolderCursor(root);
  const stat = new StatBuffer();
  for (const [path, row] of rows) {
    const { folder, name } = splitPath(path);
    if (!statAt(cursor.open(folder), name, stat)) continue;
    table.setStat(row, stat);
    table.setFlag(row, FLAG.linked);
  }
}

/** Bytes, with the one at its end. */
const USUAL_NAME = 16;

/** Gives the rows their names, from the lines of each folder's object. */
export function nameRows<Folder extends TableFolder>(
  table: ScanTable,
  folders: readonly Folder[],
  linesOf: (number: number, folder: Folder) => readonly string[],
): void {
  const garbage = new Garbage();
  // Memory that is not touched costs nothing; to grow costs what was there before.
  table.ensureRoom(0, table.count * USUAL_NAME);
  nameRow(table, 0, "" as RawPath);
  for (const [number, folder] of folders.entries()) {
    for (const [at, line] of linesOf(number, folder).entries())
      nameRow(table, folder.firstRow + at, unescapeName(line.split(" ", 6)[5] ?? ""));
    garbage.add(2 * folder.count);
  }
}

/** The rows before it must have their names. */
function nameRow(table: ScanTable, row: number, name: RawPath): void {
  table.ensureRoom(0, name.length + 1);
  const start = table.namesUsed;
  const end = start + table.names.write(name, start, "latin1");
  table.nameStart[row] = start;
  table.names[end] = 0;
  table.namesUsed = end + 1;
}

/**
 * Marks the files, and no others, whose times are too young to prove anything; and such folders,
 * beside those of which a listing is needed anyway.
 */
export function markRacy(table: ScanTable, trustBefore: number): void {
  for (let row = 0; row < table.count; row++) {
    const kind = table.kind[row];
    if (kind !== KIND.file && kind !== KIND.folder) continue;
    if (!changedBefore(table, row, trustBefore)) table.setFlag(row, FLAG.racy);
    else if (kind === KIND.file) table.clearFlag(row, FLAG.racy);
  }
}
