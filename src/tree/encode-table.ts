import type { Entry, EntryKind, ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { formatEntry } from "./entry-line.ts";
import { escapeName } from "./escape-name.ts";
import { type FolderLine, writeFolder } from "./folder-object.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

/**
 * Writes the objects of all folders that changed, deepest first, and their names and sizes into the
 * table. `put` stores an object, or only names it (`stores` false).
 */
export function encodeDirtyFolders(
  { table, dirty }: Scan,
  put: (bytes: Uint8Array) => ObjectId,
  stores: boolean,
): void {
  const garbage = new Garbage();
  for (const row of deepestFirst(table, dirty)) {
    table.clearFlag(row, FLAG.dirty | FLAG.stored);
    if (table.kind[row] !== KIND.folder) continue;
    encodeFolder(table, row, (lines) => writeFolder(lines, put));
    garbage.add(table.childCount[row]);
    table.setFlag(row, stores ? FLAG.hashed | FLAG.stored : FLAG.hashed);
  }
  dirty.length = 0;
}

/** The folders in an order in which each finds the ones in it done. */
export function deepestFirst(table: ScanTable, folders: readonly number[]): number[] {
  const depth = new Map(folders.map((row) => [row, depthOf(table, row)]));
  return folders.toSorted((one, other) => Number(depth.get(other)) - Number(depth.get(one)));
}

function depthOf({ parent }: ScanTable, row: number): number {
  let depth = 0;
  for (let at = row; at !== 0; at = parent[at] as number) depth++;
  return depth;
}

/** Has the object of a folder written, whose children are named, and puts the name of it into the table. */
export function encodeFolder(
  table: ScanTable,
  row: number,
  write: (lines: readonly FolderLine[]) => ObjectId,
): void {
  const lines: FolderLine[] = [];
  let below = 0;
  for (const { row: child, name } of sortedChildren(table, row)) {
    const size = table.size[child] as number;
    lines.push({ name, size, text: formatRow(table, child, name) });
    below += size;
  }
  table.size[row] = below;
  table.setId(row, write(lines));
}

/** What formatEntry makes of a row's entry, without the detour for what nearly all rows are. */
export function formatRow(table: ScanTable, row: number, name: RawPath): string {
  const isPlain =
    table.kind[row] === KIND.file &&
    !table.has(row, FLAG.sparse) &&
    table.uid[row] === table.uid[0] &&
    table.gid[row] === table.gid[0] &&
    !table.xattrs.has(row);
  if (!isPlain) return formatEntry(entryOf(table, row));
  const mtime = nanoseconds(table.mtimeSeconds[row] as number, table.mtimeNanos[row] as number);
  const mode = (table.mode[row] as number).toString(8);
  return `f ${mode} ${table.size[row]} ${mtime} ${table.idOf(row)} ${escapeName(name)}`;
}

/** The children that a tree keeps, sorted by name. */
export function childRows(table: ScanTable, folder: number): number[] {
  return sortedChildren(table, folder).map(({ row }) => row);
}

function sortedChildren(table: ScanTable, folder: number): { row: number; name: RawPath }[] {
  const first = table.firstChild[folder] as number;
  const named: { row: number; name: RawPath }[] = [];
  for (let row = first, end = first + (table.childCount[folder] as number); row < end; row++)
    if (table.isKept(row)) named.push({ row, name: table.nameOf(row) });
  return named.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The row as a tree writes it. A folder that was not encoded yet has no content. */
export function entryOf(table: ScanTable, row: number): Entry {
  const kind = String.fromCharCode(table.kind[row] as number) as EntryKind;
  const timed = kind === "f" || kind === "p";
  const xattrs = table.xattrs.size === 0 ? undefined : table.xattrs.get(row);
  const uid = table.uid[row] as number;
  const gid = table.gid[row] as number;
  return {
    name: table.nameOf(row),
    kind,
    mode: kind === "l" ? 0o777 : (table.mode[row] as number),
    size: kind === "p" ? 0 : (table.size[row] as number),
    mtime: timed
      ? nanoseconds(table.mtimeSeconds[row] as number, table.mtimeNanos[row] as number)
      : "-",
    content: table.has(row, FLAG.dirty) ? "" : table.idOf(row),
    ...(xattrs === undefined ? {} : { xattrs }),
    ...(table.has(row, FLAG.sparse) ? { sparse: true } : {}),
    ...(uid === table.uid[0] ? {} : { uid }),
    ...(gid === table.gid[0] ? {} : { gid }),
  };
}

/** Nanoseconds since 1970 in decimal; a double would lose the last digits. */
function nanoseconds(seconds: number, nanos: number): string {
  if (seconds > 0) return `${seconds}${String(nanos).padStart(9, "0")}`;
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}
