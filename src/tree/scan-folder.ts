import { statFd } from "../fs/at.ts";
import type { FolderCursor } from "../fs/folder-cursor.ts";
import { AT_SYMLINK_NOFOLLOW, lastErrno, libc, throwErrno } from "../fs/libc.ts";
import { FolderLister } from "../fs/list-folder.ts";
import { readSmall } from "../fs/read-small.ts";
import {
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  STATX_MASK,
  StatBuffer,
} from "../fs/stat-buffer.ts";
import type { LossKind } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { IGNORE_FILE } from "./ignore-rules.ts";
import { lossOf } from "./loss-of.ts";
import { OldNames } from "./old-names.ts";
import type { PendingFolder, Scan, ScanOptions } from "./scan-result.ts";
import { FLAG, KIND, NO_ROW, ScanTable } from "./scan-table.ts";

const NO_TABLE = ScanTable.withRoom(0, 0);
const DOT = 46;
/** Where the name stands in a `struct linux_dirent64`. */
const NAME_OFFSET = 19;
const CACHE_TAG = "CACHEDIR.TAG";
/** The first bytes of the tag file, by the Cache Directory Tagging Specification (bford.info). */
const CACHE_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";

/** The kind of each file type (the upper four bits of a mode); sockets and devices are lost. */
const KIND_BY_TYPE: Uint8Array = new Uint8Array(16).fill(KIND.lost);
KIND_BY_TYPE[S_IFREG >> 12] = KIND.file;
KIND_BY_TYPE[S_IFDIR >> 12] = KIND.folder;
KIND_BY_TYPE[S_IFLNK >> 12] = KIND.link;
KIND_BY_TYPE[S_IFIFO >> 12] = KIND.fifo;

/** What is special about a folder, seen from its names. */
export interface SpecialNames {
  ignoreFile: boolean;
  cacheTag: boolean;
}

/** Looks at one folder after the other: first all the names, then each name's state. */
export class FolderScanner {
  private readonly scan: Scan;
  private readonly table: ScanTable;
  private readonly old: ScanTable;
  private readonly options: ScanOptions;
  private readonly lister = new FolderLister();
  private readonly stat = new StatBuffer();
  private mountId = 0;

  constructor(scan: Scan, options: ScanOptions) {
    this.scan = scan;
    this.table = scan.table;
    this.old = options.index ?? NO_TABLE;
    this.options = options;
  }

  addRoot(): PendingFolder {
    statFd(this.options.root, this.stat);
    this.mountId = this.stat.mountId;
    const row = this.table.addRow(0, this.lister.bytes, { start: 0, length: 0 });
    const old = this.options.index === undefined ? NO_ROW : 0;
    this.table.setStat(row, this.stat);
    this.noteFolder(row, old);
    return { row, old, path: "" as RawPath, rules: undefined };
  }

  /** Undefined when it cannot be listed: then it is a loss, or has gone. */
  openFolder(cursor: FolderCursor, { row, path }: PendingFolder): number | undefined {
    try {
      return cursor.open(path);
    } catch (error) {
      const code = systemCodeOf(error);
      if (row === 0) throw error;
      if (code === "EACCES" || code === "EPERM") this.lose(row, path, "unreadable");
      else if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP")
        this.table.kind[row] = KIND.gone;
      else throw error;
      this.table.setFlag(this.table.parent[row] as number, FLAG.dirty);
      return undefined;
    }
  }

  /** Adds a row for each name in the folder. */
  list(fd: number, folder: PendingFolder): SpecialNames {
    const { table, lister } = this;
    const special = { ignoreFile: false, cacheTag: false };
    const first = table.count;
    for (let end = lister.next(fd, folder.path); end > 0; end = lister.next(fd, folder.path))
      this.addNames(end, folder.row, special);
    table.firstChild[folder.row] = first;
    table.childCount[folder.row] = table.count - first;
    return special;
  }

  private addNames(end: number, parent: number, special: SpecialNames): void {
    const { bytes } = this.lister;
    for (let at = 0; at < end; at += recordLength(bytes, at)) {
      const start = at + NAME_OFFSET;
      let length = 0;
      while (bytes[start + length] !== 0) length++;
      if (isDots(bytes, start, length)) continue;
      const row = this.table.addRow(parent, bytes, { start, length });
      if (length === IGNORE_FILE.length)
        special.ignoreFile ||= this.table.nameOf(row) === IGNORE_FILE;
      if (length === CACHE_TAG.length) special.cacheTag ||= this.table.nameOf(row) === CACHE_TAG;
    }
  }

  /** Looks at each child of an open folder; returns the folders among them, the last one first. */
  examine(fd: number, folder: PendingFolder & { cacheTag: boolean }): PendingFolder[] {
    const { table } = this;
    const isCache = folder.cacheTag && isCacheTag(readSmall(fd, CACHE_TAG as RawPath));
    const within = { ...folder, isCache };
    const first = table.firstChild[folder.row] as number;
    const end = first + (table.childCount[folder.row] as number);
    const names = new OldNames(table, this.old, folder.old);
    const folders: PendingFolder[] = [];
    let clean = 0;
    let kept = 0;
    for (let row = first; row < end; row++) {
      if (!this.isContent(fd, row, within)) continue;
      const from = names.find(row, row - first);
      kept++;
      if (this.note(row, from)) clean++;
      if (table.kind[row] === KIND.folder) this.addPending(folders, folder, { row, old: from });
    }
    if (clean !== kept || kept !== names.keptCount()) table.setFlag(folder.row, FLAG.dirty);
    return folders.reverse();
  }

  private isContent(
    fd: number,
    row: number,
    folder: PendingFolder & { isCache: boolean },
  ): boolean {
    return this.look(fd, row, folder.path) && !this.isLeftOut(row, folder, folder.isCache);
  }

  private addPending(
    folders: PendingFolder[],
    { path, rules }: PendingFolder,
    child: { row: number; old: number },
  ): void {
    if (this.table.has(child.row, FLAG.mount)) return;
    folders.push({ ...child, path: joinRaw(path, this.table.nameOf(child.row)), rules });
  }

  /** Asks the kernel; false when there is nothing that a tree keeps. */
  private look(fd: number, row: number, folder: RawPath): boolean {
    const { table, stat } = this;
    const name = table.namesAddress + (table.nameStart[row] as number);
    if (libc.statx(fd, name, AT_SYMLINK_NOFOLLOW, STATX_MASK, stat.address) !== 0) {
      this.passOver(row, joinRaw(folder, table.nameOf(row)));
      return false;
    }
    table.setStat(row, stat);
    const kind = KIND_BY_TYPE[stat.mode >> 12] as number;
    table.kind[row] = kind;
    if (kind !== KIND.lost) return true;
    const isSocket = (stat.mode & S_IFMT) === S_IFSOCK;
    this.lose(row, joinRaw(folder, table.nameOf(row)), isSocket ? "socket" : "device");
    return false;
  }

  /** A name that cannot be looked at has gone since it was listed, or lies in a folder closed to us. */
  private passOver(row: number, path: RawPath): void {
    const why = lastErrno();
    if (why === "ENOENT") this.table.kind[row] = KIND.gone;
    else if (why === "EACCES") this.lose(row, path, "unreadable");
    else throwErrno("look at", path);
  }

  /** The control folder, and what rules or a cache tag leave out. */
  private isLeftOut(row: number, folder: PendingFolder, isCache: boolean): boolean {
    const { table } = this;
    if (folder.row !== 0 && folder.rules === undefined && !isCache) return false;
    const name = table.nameOf(row);
    if (folder.row === 0 && name === this.options.skip) {
      table.kind[row] = KIND.gone;
      return true;
    }
    const isFolder = table.kind[row] === KIND.folder;
    const out = isCache
      ? name !== CACHE_TAG
      : folder.rules?.ignores(joinRaw(folder.path, name), isFolder);
    if (out !== true) return false;
    table.kind[row] = KIND.ignored;
    this.scan.ignored++;
    return true;
  }

  /** Compares with the index; true when nothing that a tree keeps can have changed. */
  private note(row: number, from: number): boolean {
    const { table, old, stat, scan } = this;
    if (table.kind[row] === KIND.folder) return this.noteFolder(row, from);
    if (stat.nlink > 1 && table.kind[row] === KIND.file) {
      scan.linked.set(row, `${stat.devMajor}:${stat.devMinor}:${stat.inoHigh}:${stat.inoLow}`);
      table.setFlag(row, FLAG.linked);
    }
    if (!this.isTrusted(row)) table.setFlag(row, FLAG.racy);
    const known =
      from !== NO_ROW &&
      old.kind[from] === table.kind[row] &&
      old.has(from, FLAG.hashed) &&
      !old.has(from, FLAG.racy);
    if (!known || !old.matches(from, stat)) {
      scan.changed.push(row);
      return false;
    }
    table.copyContent(row, old, from);
    if (!table.has(row, FLAG.stored)) scan.unstored.push(row);
    return true;
  }

  /** A folder is clean here when its own line is; what is in it, `examine` finds. */
  private noteFolder(row: number, from: number): boolean {
    const { table, old, stat } = this;
    table.kind[row] = KIND.folder;
    if (stat.mountId !== this.mountId) {
      table.setFlag(row, FLAG.mount);
      this.scan.losses.push(lossOf(table.pathOf(row), "mount"));
    }
    const known = from !== NO_ROW && old.kind[from] === KIND.folder && old.has(from, FLAG.hashed);
    if (
      !known ||
      old.ctimeNanos[from] !== stat.ctimeNanos ||
      old.ctimeSeconds[from] !== stat.ctimeSeconds
    )
      this.scan.changed.push(row);
    if (!known) {
      table.setFlag(row, FLAG.dirty);
      return false;
    }
    table.copyContent(row, old, from);
    if (table.has(row, FLAG.mount) !== old.has(from, FLAG.mount) || !table.has(row, FLAG.stored))
      table.setFlag(row, FLAG.dirty);
    const same =
      old.mode[from] === table.mode[row] &&
      old.uid[from] === stat.uid &&
      old.gid[from] === stat.gid;
    return same && table.has(row, FLAG.stored);
  }

  private isTrusted(row: number): boolean {
    const { ctimeSeconds, ctimeNanos } = this.table;
    return (
      (ctimeSeconds[row] as number) + (ctimeNanos[row] as number) / 1e9 < this.options.trustBefore
    );
  }

  private lose(row: number, path: RawPath, kind: LossKind): void {
    this.table.kind[row] = KIND.lost;
    this.scan.losses.push(lossOf(path, kind));
  }
}

function recordLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + 16] as number) | ((bytes[at + 17] as number) << 8);
}

/** `.` and `..` */
function isDots(bytes: Uint8Array, start: number, length: number): boolean {
  return bytes[start] === DOT && (length === 1 || (length === 2 && bytes[start + 1] === DOT));
}

function isCacheTag(text: string | undefined): boolean {
  return text?.startsWith(CACHE_SIGNATURE) ?? false;
}
