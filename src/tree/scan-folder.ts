import { statFd } from "../fs/at.ts";
import type { FolderCursor } from "../fs/folder-cursor.ts";
import { FolderLister } from "../fs/list-folder.ts";
import { systemCodeOf } from "../model/errors.ts";
import { Garbage } from "../model/garbage.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { addNames, fingerprintOf, type ListedNames } from "./add-names.ts";
import { copyChildren } from "./copy-children.ts";
import { CopyScanner } from "./copy-scanner.ts";
import { forgetRows } from "./forget-rows.ts";
import { OldNames } from "./old-names.ts";
import type { PendingFolder, Scan, ScanOptions } from "./scan-result.ts";
import { type OpenedFolder, RowScanner } from "./scan-row.ts";
import { FLAG, KIND, NO_ROW, type ScanTable } from "./scan-table.ts";
import { isSettled, skipUntouched } from "./skip-untouched.ts";

const NO_RULES: ListedNames = { hasIgnoreFile: false, hasCacheTag: false, isAsBefore: false };

/** What became of a folder's names. */
interface Tally {
  /** Names that a tree keeps. */
  kept: number;
  /** Those among them whose line is as before. */
  clean: number;
  /** The folders among them. */
  readonly folders: PendingFolder[];
}

/** Rows of one folder, copied from the index. */
interface Stretch {
  readonly row: number;
  readonly end: number;
  /** What leads from a row to its row in the index. */
  readonly from: number;
}

/** Looks at one folder after the other: first all the names, then each name's state. */
export class FolderScanner {
  private readonly scan: Scan;
  private readonly table: ScanTable;
  private readonly old: ScanTable;
  readonly rows: RowScanner;
  private readonly root: number;
  private readonly hasIndex: boolean;
  private readonly everything: boolean;
  private readonly forgets: boolean;
  private readonly marks: Uint8Array | undefined;
  private readonly garbage = new Garbage();
  readonly lister: FolderLister = new FolderLister();

  /** `marks`: see compareRows; without them the kernel is asked about each name. */
  constructor(scan: Scan, options: ScanOptions, marks?: Uint8Array) {
    this.scan = scan;
    this.marks = marks;
    this.table = scan.table;
    this.rows =
      options.copyOf === undefined
        ? new RowScanner(scan, options)
        : new CopyScanner(scan, options, options.copyOf);
    this.old = this.rows.old;
    this.root = options.root;
    this.hasIndex = options.index !== undefined;
    this.everything = options.everything ?? false;
    this.forgets = options.forgets ?? false;
  }

  addRoot(): PendingFolder {
    statFd(this.root, this.rows.stat);
    const row = this.table.addRow(0, this.lister.bytes, { start: 0, length: 0 });
    const old = this.hasIndex ? 0 : NO_ROW;
    this.rows.noteRoot(row, old);
    return { row, old, path: "" as RawPath, rules: undefined };
  }

  /** What was compared so far takes no memory any more; see ScanOptions. */
  forgetIndex(): void {
    if (this.forgets) forgetRows(this.old);
  }

  /** How many names it holds. */
  sizeOf(folder: number): number {
    return this.table.childCount[folder] as number;
  }

  /** Undefined when it cannot be listed: then it is a loss, or has gone. */
  openFolder(cursor: FolderCursor, { row, path }: PendingFolder): number | undefined {
    try {
      return cursor.open(path);
    } catch (error) {
      const code = systemCodeOf(error);
      if (row === 0) throw error;
      if (code === "EACCES" || code === "EPERM") this.rows.lose(row, path, "unreadable");
      else if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP")
        this.table.kind[row] = KIND.gone;
      else throw error;
      this.scan.discount(row);
      return undefined;
    }
  }

  /** Adds a row for each name in the folder. */
  list(fd: number, { row, old, path }: PendingFolder): ListedNames {
    const { table, lister } = this;
    const names = { hasIgnoreFile: false, hasCacheTag: false, isAsBefore: false };
    const end = lister.readAll(fd, path);
    this.rows.noteListed(row, fd);
    const fingerprint = fingerprintOf(lister.bytes.subarray(0, end));
    table.setListing(row, fingerprint);
    const first = table.count;
    if (old !== NO_ROW && this.old.listingOf(old) === fingerprint) {
      names.isAsBefore = true;
      copyChildren({ table, folder: row }, { table: this.old, folder: old });
    } else addNames(table, lister.bytes, { end, parent: row, names });
    table.firstChild[row] = first;
    table.childCount[row] = table.count - first;
    if (this.everything) return NO_RULES;
    // Such a folder is looked at name by name each time: its rules may have changed.
    if (names.hasIgnoreFile || names.hasCacheTag) table.setListing(row, 0);
    return names;
  }

  /** Looks at each child; returns the folders among them, the last one first. */
  examine(folder: OpenedFolder, { isAsBefore }: ListedNames): PendingFolder[] {
    const { table } = this;
    const tally: Tally = { kept: 0, clean: 0, folders: [] };
    if (isAsBefore) this.examineKnown(folder, tally);
    else this.examineAll(folder, tally);
    table.keptCount[folder.row] = tally.kept;
    this.table.totals.entries += tally.kept;
    const before = folder.old === NO_ROW ? -1 : this.old.keptCount[folder.old];
    if (tally.clean !== tally.kept || tally.kept !== before) this.scan.markDirty(folder.row);
    return tally.folders.reverse();
  }

  private examineAll(folder: OpenedFolder, tally: Tally): void {
    const { table } = this;
    const first = table.firstChild[folder.row] as number;
    const end = first + (table.childCount[folder.row] as number);
    const names = new OldNames(table, {
      old: this.old,
      folder: folder.old,
      garbage: this.garbage,
    });
    for (let row = first; row < end; row++) {
      if (!this.rows.look(row, folder)) continue;
      this.count(row, folder, { tally, from: names.find(row, row - first) });
    }
  }

  /**
   * The same with rows copied from the index: for most of them one look at their times is all, and
   * nothing is to be written.
   */
  private examineKnown(folder: OpenedFolder, tally: Tally): void {
    const { table, rows } = this;
    const first = table.firstChild[folder.row] as number;
    const end = first + (table.childCount[folder.row] as number);
    const from = this.old.firstChild[folder.old] as number;
    const isPlain = folder.rules === undefined && !folder.isCache;
    for (let row = first; row < end; row++) {
      const next = isPlain ? this.skip(folder.fd, { row, end, from: from - first }) : row;
      tally.kept += next - row;
      tally.clean += next - row;
      row = next;
      if (row === end) break;
      table.forget(row);
      if (rows.look(row, folder)) this.count(row, folder, { tally, from: from + row - first });
    }
  }

  /** The first row that needs a closer look. */
  private skip(fd: number, { row, end, from }: Stretch): number {
    const { marks, table } = this;
    if (marks === undefined) return skipUntouched(table, this.rows.stat, { fd, row, end });
    let next = row;
    while (next < end && marks[from + next] === 0 && isSettled(table, next)) next++;
    return next;
  }

  private count(
    row: number,
    folder: OpenedFolder,
    { tally, from }: { tally: Tally; from: number },
  ): void {
    const { table } = this;
    tally.kept++;
    if (this.rows.note(row, from)) tally.clean++;
    if (table.kind[row] !== KIND.folder || table.has(row, FLAG.mount)) return;
    const path = joinRaw(folder.path, table.nameOf(row));
    tally.folders.push({ row, old: from, path, rules: folder.rules });
  }
}
