import { statFd } from "../fs/at.ts";
import type { FolderLister } from "../fs/list-folder.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { addNames, fingerprintOf, otherFilesIn } from "./add-names.ts";
import { CACHE_TAG, isTaggedAsCache } from "./cache-tag.ts";
import { ChildNames } from "./child-names.ts";
import { HiddenNames } from "./hidden-names.ts";
import { IGNORE_FILE } from "./ignore-rules.ts";
import { buryRows, copyRow, keepAside, type RowRange } from "./move-rows.ts";
import { OldNames } from "./old-names.ts";
import { readRules } from "./scan.ts";
import type { FolderScanner } from "./scan-folder.ts";
import type { PendingFolder, Scan } from "./scan-result.ts";
import type { OpenedFolder, RowScanner } from "./scan-row.ts";
import { KIND, NO_ROW, type ScanTable } from "./scan-table.ts";
import { emptyNode, type TouchNode } from "./touched.ts";

/** A folder that is to be looked into. */
export interface Visit {
  readonly folder: PendingFolder;
  /** What to look at in it. */
  readonly node: TouchNode;
  /** Everything in it and below. */
  readonly isWhole: boolean;
}

/**
 * Brings the rows of a table up to date in place, folder by folder. What a row was is kept aside
 * while it is compared; a folder whose names changed gets a new block of rows at the end.
 */
export class TouchedFolders {
  /** Something was found that only a full scan can judge. */
  isInDoubt = false;
  readonly hidden: HiddenNames = new HiddenNames();
  private readonly scan: Scan;
  private readonly table: ScanTable;
  private readonly rows: RowScanner;
  private readonly lister: FolderLister;
  private readonly graves: RowRange[] = [];

  constructor(scan: Scan, { rows, lister }: FolderScanner) {
    this.scan = scan;
    this.table = scan.table;
    this.rows = rows;
    this.lister = lister;
  }

  /** `root` is the open workspace. */
  openRoot(root: number, node: TouchNode): Visit {
    const { table, rows } = this;
    statFd(root, rows.stat);
    const listing = table.listingOf(0);
    const old = this.setAside(0);
    table.forget(0);
    rows.noteRoot(0, old);
    table.setListing(0, listing);
    return this.visitTo({ row: 0, old, path: "" as RawPath, rules: undefined }, node);
  }

  /** Looks at what is to be looked at in the folder; returns the folders among it. */
  async visit(fd: number, { folder, node }: Visit): Promise<Visit[]> {
    const opened = await this.readRules(fd, folder);
    let names = new ChildNames(this.table, folder.row);
    const isKnown = [...node.names.keys()].every((name) => names.find(name) !== NO_ROW);
    const came = node.isListed || !isKnown ? this.listAgain(opened) : undefined;
    if (came !== undefined) names = new ChildNames(this.table, folder.row);
    const wanted = new Map([...node.names].map(([name, below]) => [names.find(name), below]));
    // What came is touched, whether we were told so or not.
    for (const row of came ?? []) wanted.set(row, touch(wanted.get(row)));
    return this.lookAtAll(opened, wanted);
  }

  /** The rules that hold in a folder stand in files in it; most have none, as their listing tells. */
  private async readRules(fd: number, folder: PendingFolder): Promise<OpenedFolder> {
    if (this.table.listingOf(folder.row) !== 0) return { ...folder, fd, isCache: false };
    return { ...folder, fd, rules: await readRules(fd, folder), isCache: isTaggedAsCache(fd) };
  }

  private lookAtAll(folder: OpenedFolder, wanted: ReadonlyMap<number, TouchNode>): Visit[] {
    const visits: Visit[] = [];
    for (const [row, node] of wanted) {
      const visit = row === NO_ROW ? undefined : this.lookAt(row, folder, node);
      if (visit !== undefined) visits.push(visit);
    }
    return visits;
  }

  /** Looks at one name, and says what is to be looked at below it. */
  private lookAt(row: number, folder: OpenedFolder, node: TouchNode): Visit | undefined {
    const { table } = this;
    const wasFolder = table.isFolder(row);
    // Had a name on the way to something changed itself, it would be touched, too.
    const isAsBefore = !node.isTouched && (wasFolder || table.kind[row] === KIND.ignored);
    const old = isAsBefore ? row : this.compare(row, folder);
    const isFolder = table.isFolder(row);
    if (table.kind[row] === KIND.ignored)
      this.isInDoubt ||= !this.hidden.look(folder.fd, table.nameOf(row), node);
    if (wasFolder !== isFolder) this.retire(row);
    if (!isFolder) return undefined;
    // With other rights, what is in it may be closed to us, or open.
    const isSame =
      wasFolder &&
      table.inoLow[row] === table.inoLow[old] &&
      table.sameOwnerAndMode(row, table, old);
    const path = joinRaw(folder.path, table.nameOf(row));
    const below = { row, old: wasFolder ? old : NO_ROW, path, rules: folder.rules };
    return this.visitTo(below, isSame ? node : WHOLE);
  }

  private visitTo(folder: PendingFolder, node: TouchNode): Visit {
    if (node.isDeep) this.takeOut(folder.row);
    return { folder, node, isWhole: node.isDeep };
  }

  /** Asks the kernel about a name and brings its row, and what its folder counts, up to date. */
  private compare(row: number, folder: OpenedFolder): number {
    const { table, rows, scan } = this;
    const wasKept = table.isKept(row);
    const old = this.setAside(row);
    if (table.kind[row] === KIND.ignored) table.totals.ignored--;
    table.forget(row);
    const isKept = rows.look(row, folder);
    const isClean = isKept && rows.note(row, old);
    if (isKept !== wasKept) this.count(folder.row, isKept ? 1 : -1);
    else if (isKept && !isClean) scan.markDirty(folder.row);
    if (table.isFolder(row) && table.isFolder(old)) table.setListing(row, table.listingOf(old));
    if (!isClean) this.doubtRules(row);
    return old;
  }

  /** Other rules change what is kept of names that nobody touched. */
  private doubtRules(row: number): void {
    const name = this.table.nameOf(row);
    this.isInDoubt ||= name === IGNORE_FILE || name === CACHE_TAG;
  }

  /** A tree has one name more in the folder, or one less. */
  private count(folder: number, difference: number): void {
    const { table } = this;
    table.keptCount[folder] = at(table.keptCount, folder) + difference;
    table.totals.entries += difference;
    this.scan.markDirty(folder);
  }

  private setAside(row: number): number {
    const old = keepAside(this.table, row);
    this.graves.push({ first: old, count: 1 });
    return old;
  }

  /**
   * Lists the folder; where it has other names than before, its rows move to a new block.
   *
   * @returns the rows of what came, or is another file than before; undefined when all is as it was
   */
  private listAgain({ fd, row: folder, path }: OpenedFolder): number[] | undefined {
    const { table, lister } = this;
    const end = lister.readAll(fd, path);
    this.rows.noteListed(folder, fd);
    const listing = fingerprintOf(lister.bytes.subarray(0, end));
    const known = table.listingOf(folder);
    if (listing === known) return undefined;
    const others = known === 0 ? undefined : otherFilesIn(table, lister.bytes, { end, folder });
    if (others !== undefined) {
      table.setListing(folder, listing);
      return others;
    }
    const before = { first: at(table.firstChild, folder), count: at(table.childCount, folder) };
    const old = new OldNames(table, { old: table, folder });
    const first = table.count;
    const names = { hasIgnoreFile: false, hasCacheTag: false, isAsBefore: false };
    addNames(table, lister.bytes, { end, parent: folder, names });
    const came: number[] = [];
    for (let row = first; row < table.count; row++)
      if (!this.move(row, old.find(row, row - first))) came.push(row);
    this.letGo(folder, before);
    table.firstChild[folder] = first;
    table.childCount[folder] = table.count - first;
    table.setListing(folder, names.hasIgnoreFile || names.hasCacheTag ? 0 : listing);
    return came;
  }

  /** Moves the facts of a row to its new place; false when it is another file by now, or a new one. */
  private move(row: number, from: number): boolean {
    const { table } = this;
    if (from === NO_ROW) return false;
    const isSame =
      table.inoLow[row] === table.inoLow[from] && table.inoHigh[row] === table.inoHigh[from];
    copyRow(table, row, from);
    if (table.isFolder(row)) {
      const first = at(table.firstChild, row);
      table.parent.fill(row, first, first + at(table.childCount, row));
    }
    table.kind[from] = KIND.gone;
    return isSame;
  }

  /** The rows of names that a folder has no more; those that moved are marked. */
  private letGo(folder: number, before: RowRange): void {
    const { table } = this;
    this.graves.push(before);
    for (let row = before.first; row < before.first + before.count; row++) {
      if (table.kind[row] === KIND.gone) continue;
      if (table.kind[row] === KIND.ignored) table.totals.ignored--;
      if (table.isFolder(row)) this.retire(row);
      if (table.isKept(row)) this.count(folder, -1);
      this.doubtRules(row);
    }
  }

  /** The rows below a folder that is gone, or closed, belong to none. */
  retire(folder: number): void {
    const { table } = this;
    this.takeOut(folder);
    table.childCount[folder] = 0;
    table.keptCount[folder] = 0;
    if (!table.isKept(folder)) table.setListing(folder, 0);
  }

  /** Takes all below a folder out of the totals; its rows are dead at the end. */
  private takeOut(folder: number): void {
    const { table } = this;
    for (const pending = [folder]; pending.length > 0; ) {
      const row = pending.pop() as number;
      const first = at(table.firstChild, row);
      const count = at(table.childCount, row);
      table.totals.entries -= at(table.keptCount, row);
      this.graves.push({ first, count });
      for (let child = first; child < first + count; child++) {
        if (table.kind[child] === KIND.ignored) table.totals.ignored--;
        if (table.isFolder(child)) pending.push(child);
      }
    }
  }

  /** What was kept aside, or belongs to no folder any more, is no part of the table. */
  finish(): void {
    buryRows(this.table, this.graves.splice(0));
    for (const rows of [this.scan.changed, this.scan.unstored])
      rows.sort((one, other) => one - other);
  }
}

/** The root, which has been looked at itself. */
export function rootVisit(node: TouchNode): Visit {
  return {
    folder: { row: 0, old: 0, path: "" as RawPath, rules: undefined },
    node,
    isWhole: false,
  };
}

const WHOLE: TouchNode = { isTouched: true, isListed: true, isDeep: true, names: new Map() };

function touch(node: TouchNode = emptyNode()): TouchNode {
  node.isTouched = true;
  return node;
}

function at(column: Uint32Array, row: number): number {
  return column[row] as number;
}
