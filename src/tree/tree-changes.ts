import type { ChangeType } from "../model/change.ts";
import { Garbage } from "../model/garbage.ts";
import { NumberList } from "../model/number-list.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { changeTypeOf, isCoveredByNext } from "./change-type.ts";
import type { TreeChange } from "./diff-trees.ts";
import { forgetRows } from "./forget-rows.ts";
import { PackedEntries } from "./packed-entries.ts";
import type { ScanTable } from "./scan-table.ts";
import { splitPath } from "./split-path.ts";
import { liveEntry, type ViewedEntry } from "./tree-source.ts";

/** No entry on that side. */
const NONE = 0;
const TYPES: readonly ChangeType[] = ["added", "removed", "modified", "metadata"];
const COVERED = 8;
/** After so many changes, rows of a table from a file are let go of. */
const ROWS_KEPT = 65_536;

/** Tables whose rows stand for the entries of a side, for as long as nobody changes them. */
export interface SideTables {
  /** Where it is mapped, as it stands in its file. */
  readonly before?: ScanTable;
  readonly after?: ScanTable;
}

/**
 * What differs between two trees, in a few bytes a path: each change is made anew whenever it is
 * looked at. Of entries that a table tells only the rows are kept. Folders cannot be looked into.
 */
export class TreeChanges implements Iterable<TreeChange> {
  private readonly tables: SideTables;
  private readonly packed = new PackedEntries();
  /** Places in TYPES, and COVERED. */
  private readonly facts = new NumberList();
  private readonly folders: RawPath[] = [];
  private readonly folder = new NumberList();
  private readonly before = new NumberList();
  private readonly after = new NumberList();
  /** Rows of the scanned workspace, from one on, where they are not kept as entries. */
  private readonly rows = new NumberList();

  /** @param changes sorted by path */
  constructor(changes: Iterable<TreeChange>, tables: SideTables = {}) {
    this.tables = tables;
    const garbage = new Garbage();
    let last: TreeChange | undefined;
    for (const change of changes) {
      if (last !== undefined) this.facts.push(factsOf(last, isCoveredByNext(last, change)));
      this.add(change);
      last = change;
      garbage.add();
    }
    if (last !== undefined) this.facts.push(factsOf(last, false));
  }

  get length(): number {
    return this.folder.length;
  }

  *[Symbol.iterator](): Generator<TreeChange> {
    const garbage = new Garbage();
    for (let index = 0; index < this.length; index++) {
      yield this.at(index);
      garbage.add();
      if (index % ROWS_KEPT === ROWS_KEPT - 1) this.forget();
    }
  }

  /** The change at `index`, which must be there. */
  at(index: number): TreeChange {
    const { tables } = this;
    const row = this.rows.at(index);
    const before = this.entry(this.before.at(index), tables.before);
    const after = this.entry(this.after.at(index), tables.after);
    const { name } = (before ?? after) as ViewedEntry;
    return {
      path: joinRaw(this.folders[this.folder.at(index)] as RawPath, name),
      before: before === undefined || row === NONE ? before : { ...before, row: row - 1 },
      after,
    };
  }

  typeAt(index: number): ChangeType {
    return TYPES[this.facts.at(index) & ~COVERED] as ChangeType;
  }

  /** Whether it is a folder that is told of by what came or went in it. */
  isCovered(index: number): boolean {
    return (this.facts.at(index) & COVERED) !== 0;
  }

  /** Rows of a table from a file, which was looked through, leave memory. */
  forget(): void {
    if (this.tables.before !== undefined) forgetRows(this.tables.before);
  }

  private add({ path, before, after }: TreeChange): void {
    const { folder } = splitPath(path);
    if (this.folders.at(-1) !== folder) this.folders.push(folder);
    this.folder.push(this.folders.length - 1);
    this.before.push(this.keep(before, this.tables.before));
    this.after.push(this.keep(after, this.tables.after));
    const isRow = this.tables.before === undefined && before?.row !== undefined;
    this.rows.push(isRow ? (before.row as number) + 1 : NONE);
  }

  private keep(entry: ViewedEntry | undefined, table: ScanTable | undefined): number {
    if (entry === undefined) return NONE;
    return table === undefined ? this.packed.add(entry) : (entry.row as number) + 1;
  }

  private entry(place: number, table: ScanTable | undefined): ViewedEntry | undefined {
    if (place === NONE) return undefined;
    return table === undefined ? this.packed.at(place) : liveEntry(table, place - 1);
  }
}

function factsOf({ before, after }: TreeChange, isCovered: boolean): number {
  return TYPES.indexOf(changeTypeOf(before, after)) | (isCovered ? COVERED : 0);
}
