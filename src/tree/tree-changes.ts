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
/** What a change that is looked at leaves behind, in the measure of {@link Garbage}. */
const THINGS_EACH = 6;
/** After so many changes were looked at, rows of a table from a file are let go of. */
const LOOKS = 16_384;

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
  private looks = 0;
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
    for (const list of [this.facts, this.folder, this.before, this.after, this.rows]) list.trim();
  }

  get length(): number {
    return this.folder.length;
  }

  *[Symbol.iterator](): Generator<TreeChange> {
    const garbage = new Garbage();
    for (let index = 0; index < this.length; index++) {
      yield this.at(index);
      garbage.add(THINGS_EACH);
    }
  }

  /** The change at `index`, which must be there. */
  at(index: number): TreeChange {
    const { tables } = this;
    this.letGo();
    const row = this.rows.at(index);
    const after = this.entry(this.after.at(index), tables.after);
    const before = this.entry(this.before.at(index), tables.before);
    const { name } = (after ?? before) as ViewedEntry;
    return {
      path: joinRaw(this.folders[this.folder.at(index)] as RawPath, name),
      before:
        before === undefined || tables.before !== undefined
          ? before
          : { ...before, name, ...(row === NONE ? {} : { row: row - 1 }) },
      after,
    };
  }

  /** The path of the change at `index`; quicker than all of it. */
  pathAt(index: number): RawPath {
    const { tables } = this;
    const isThere = this.after.at(index) !== NONE;
    const name = isThere
      ? this.name(this.after.at(index), tables.after)
      : this.name(this.before.at(index), tables.before);
    return joinRaw(this.folders[this.folder.at(index)] as RawPath, name);
  }

  /** What the path is to become, of a change that leaves something there. */
  afterAt(index: number): ViewedEntry {
    return this.entry(this.after.at(index), this.tables.after) as ViewedEntry;
  }

  typeAt(index: number): ChangeType {
    return TYPES[this.facts.at(index) & ~COVERED] as ChangeType;
  }

  /** Whether it is a folder that is told of by what came or went in it. */
  isCovered(index: number): boolean {
    return (this.facts.at(index) & COVERED) !== 0;
  }

  /** Now and then, rows of a table from a file, which is looked through, leave memory. */
  private letGo(): void {
    if (this.tables.before === undefined || ++this.looks < LOOKS) return;
    this.looks = 0;
    forgetRows(this.tables.before);
  }

  private add({ path, before, after }: TreeChange): void {
    const { folder } = splitPath(path);
    if (this.folders.at(-1) !== folder) this.folders.push(folder);
    this.folder.push(this.folders.length - 1);
    const nameless = after && before && { ...before, name: "" as RawPath };
    this.before.push(this.keep(nameless ?? before, this.tables.before));
    this.after.push(this.keep(after, this.tables.after));
    const isRow = this.tables.before === undefined && before?.row !== undefined;
    this.rows.push(isRow ? (before.row as number) + 1 : NONE);
  }

  private keep(entry: ViewedEntry | undefined, table: ScanTable | undefined): number {
    if (entry === undefined) return NONE;
    return table === undefined ? this.packed.add(entry) : (entry.row as number) + 1;
  }

  private name(place: number, table: ScanTable | undefined): RawPath {
    return table === undefined ? this.packed.nameAt(place) : table.nameOf(place - 1);
  }

  private entry(place: number, table: ScanTable | undefined): ViewedEntry | undefined {
    if (place === NONE) return undefined;
    return table === undefined ? this.packed.at(place) : liveEntry(table, place - 1);
  }
}

function factsOf({ before, after }: TreeChange, isCovered: boolean): number {
  return TYPES.indexOf(changeTypeOf(before, after)) | (isCovered ? COVERED : 0);
}
