import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { comparePaths, diffFolders, sameLine, type TreeChange } from "./diff-trees.ts";
import { childRows } from "./encode-table.ts";
import { forgetRows } from "./forget-rows.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";
import { EMPTY_FOLDER, liveEntry, type ViewedEntry } from "./tree-source.ts";

/** After so many rows, those of a mapped table are let go of. */
const ROWS_KEPT = 65_536;

/** A folder in both tables. */
interface Pair {
  readonly path: RawPath;
  readonly before: number;
  readonly after: number;
}

/** A row in each table; undefined where the name is not there, or a tree does not keep it. */
type Rows = readonly [before: number | undefined, after: number | undefined];

/**
 * What diffTrees finds between two scans of one folder, of which the later one need not be sealed:
 * no folder is encoded for it, and none is read from a store. Only folders that are marked as dirty
 * are looked into. Who owns the root must be the same in both, since entries tell owners that differ
 * from it.
 *
 * @param before where it is mapped, as it stands in its file: rows that were compared are let go of
 */
export function diffTables(before: ScanTable, after: ScanTable): TreeChange[] {
  const changes: TreeChange[] = [];
  const pending: Pair[] = [{ path: "" as RawPath, before: 0, after: 0 }];
  let seen = 0;
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    if (!mayDiffer(before, after, pair)) continue;
    comparePair({ before, after }, pair, { changes, pending });
    seen += before.childCount[pair.before] as number;
    if (seen < ROWS_KEPT) continue;
    seen = 0;
    forgetRows(before);
  }
  return changes.sort((one, other) => comparePaths(one.path, other.path));
}

interface Tables {
  readonly before: ScanTable;
  readonly after: ScanTable;
}

/** A folder that was encoded already tells by its name. */
function mayDiffer(before: ScanTable, after: ScanTable, pair: Pair): boolean {
  return (
    after.has(pair.after, FLAG.dirty) || !sameId(before, pair.before, { after, row: pair.after })
  );
}

function comparePair(
  tables: Tables,
  pair: Pair,
  { changes, pending }: { changes: TreeChange[]; pending: Pair[] },
): void {
  for (const [old, now] of suspectRows(tables, pair)) {
    const before = viewRow(tables.before, old);
    const after = viewRow(tables.after, now);
    const path = joinRaw(pair.path, ((before ?? after) as ViewedEntry).name);
    const folders = {
      before: before?.folder ?? EMPTY_FOLDER,
      after: after?.folder ?? EMPTY_FOLDER,
    };
    if (before?.kind === "d" && after?.kind === "d")
      pending.push({ path, before: old as number, after: now as number });
    else changes.push(...diffFolders({ path, ...folders }));
    if (before === undefined || after === undefined || !sameLine(before, after))
      changes.push({ path, before, after });
  }
}

function viewRow(table: ScanTable, row: number | undefined): ViewedEntry | undefined {
  return row === undefined ? undefined : liveEntry(table, row);
}

/** The names of a folder whose rows are not the same, and all folders in it. */
function suspectRows({ before, after }: Tables, pair: Pair): Rows[] {
  const found: Rows[] = [];
  const first = before.firstChild[pair.before] as number;
  const second = after.firstChild[pair.after] as number;
  const count = before.childCount[pair.before] as number;
  if (!sameNames({ before, after }, pair)) return joinByName({ before, after }, pair);
  for (let index = 0; index < count; index++) {
    const old = first + index;
    const now = second + index;
    if (sameRow(before, old, { after, row: now })) continue;
    const rows: Rows = [keptRow(before, old), keptRow(after, now)];
    if (rows[0] !== undefined || rows[1] !== undefined) found.push(rows);
  }
  return found;
}

function keptRow(table: ScanTable, row: number): number | undefined {
  return table.isKept(row) ? row : undefined;
}

/** The names of a folder's children stand together, so that one look at them all is enough. */
function sameNames({ before, after }: Tables, pair: Pair): boolean {
  const count = before.childCount[pair.before] as number;
  if (after.childCount[pair.after] !== count) return false;
  return count === 0 || namesIn(before, pair.before).equals(namesIn(after, pair.after));
}

function namesIn(table: ScanTable, folder: number): Buffer {
  const first = table.firstChild[folder] as number;
  const last = first + (table.childCount[folder] as number) - 1;
  return table.names.subarray(table.nameStart[first] as number, table.nameEnd(last));
}

function joinByName({ before, after }: Tables, pair: Pair): Rows[] {
  const old = new Map(childRows(before, pair.before).map((row) => [before.nameOf(row), row]));
  const found: Rows[] = [];
  for (const now of childRows(after, pair.after)) {
    const name = after.nameOf(now);
    found.push([old.get(name), now]);
    old.delete(name);
  }
  for (const gone of old.values()) found.push([gone, undefined]);
  return found;
}

/** Whether nothing that an entry tells can differ. Of a folder, what is in it is looked at itself. */
function sameRow(
  before: ScanTable,
  old: number,
  { after, row }: { after: ScanTable; row: number },
): boolean {
  const kind = before.kind[old];
  return (
    kind === after.kind[row] &&
    before.mode[old] === after.mode[row] &&
    before.uid[old] === after.uid[row] &&
    before.gid[old] === after.gid[row] &&
    before.size[old] === after.size[row] &&
    before.mtimeNanos[old] === after.mtimeNanos[row] &&
    before.mtimeSeconds[old] === after.mtimeSeconds[row] &&
    ((before.flags[old] as number) & FLAG.sparse) ===
      ((after.flags[row] as number) & FLAG.sparse) &&
    (kind !== KIND.folder || !after.has(row, FLAG.dirty)) &&
    sameId(before, old, { after, row }) &&
    before.xattrs.get(old) === after.xattrs.get(row)
  );
}

function sameId(
  before: ScanTable,
  old: number,
  { after, row }: { after: ScanTable; row: number },
): boolean {
  for (let word = 0; word < 8; word++)
    if (before.idWords[old * 8 + word] !== after.idWords[row * 8 + word]) return false;
  return true;
}
