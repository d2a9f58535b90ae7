import { Garbage } from "../model/garbage.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { diffFolders, sameLine, type TreeChange } from "./diff-trees.ts";
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
export function* diffTables(before: ScanTable, after: ScanTable): Generator<TreeChange> {
  const seen = new SeenRows(before);
  const root = { path: "" as RawPath, before: 0, after: 0 };
  const walks = [walkPair({ before, after }, root, seen)];
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const { done, value } = walk.next();
    if (done === true) walks.pop();
    else if (value.change !== undefined) yield value.change;
    else if (value.below !== undefined) walks.push(walkPair({ before, after }, value.below, seen));
  }
}

/** Lets go of the rows of a mapped table now and then. */
class SeenRows {
  private readonly table: ScanTable;
  private readonly garbage = new Garbage();
  private count = 0;

  constructor(table: ScanTable) {
    this.table = table;
  }

  add(rows: number): void {
    this.garbage.add(rows);
    this.count += rows;
    if (this.count < ROWS_KEPT) return;
    this.count = 0;
    forgetRows(this.table);
  }
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

/** A change, or a folder in both tables that is to be looked into. */
interface Found {
  readonly change?: TreeChange;
  readonly below?: Pair;
}

function* walkPair(tables: Tables, pair: Pair, seen: SeenRows): Generator<Found> {
  if (!mayDiffer(tables.before, tables.after, pair)) return;
  const found = suspectRows(tables, pair).map((rows) => changeOf(tables, pair, rows));
  for (const suspect of found.sort(byPath)) {
    const { change } = suspect;
    if (isOther(change)) yield { change };
    if (isPair(change)) yield { below: pairOf(suspect) };
    else for (const below of changesBelow(change)) yield { change: below };
  }
  seen.add(tables.before.childCount[pair.before] as number);
}

function isOther({ before, after }: TreeChange): boolean {
  return before === undefined || after === undefined || !sameLine(before, after);
}

function isPair({ before, after }: TreeChange): boolean {
  return before?.kind === "d" && after?.kind === "d";
}

function pairOf({ change: { path }, rows: [before, after] }: Suspect): Pair {
  return { path, before: before as number, after: after as number };
}

interface Suspect {
  readonly change: TreeChange;
  readonly rows: Rows;
}

function changeOf(tables: Tables, pair: Pair, rows: Rows): Suspect {
  const before = viewRow(tables.before, rows[0]);
  const after = viewRow(tables.after, rows[1]);
  const path = joinRaw(pair.path, ((before ?? after) as ViewedEntry).name);
  return { change: { path, before, after }, rows };
}

/** Rows stand as the kernel lists names. */
function byPath(one: Suspect, other: Suspect): number {
  return one.change.path < other.change.path ? -1 : 1;
}

function changesBelow({ path, before, after }: TreeChange): Generator<TreeChange> {
  return diffFolders({
    path,
    before: before?.folder ?? EMPTY_FOLDER,
    after: after?.folder ?? EMPTY_FOLDER,
  });
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
