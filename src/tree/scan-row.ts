import { statFd } from "../fs/at.ts";
import { AT_SYMLINK_NOFOLLOW, lastErrno, libc, throwErrno } from "../fs/libc.ts";
import { datesNames } from "../fs/mounts.ts";
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
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { STAGING_PREFIX } from "../model/staging-prefix.ts";
import { CACHE_TAG } from "./cache-tag.ts";
import { changedBefore } from "./changed-before.ts";
import { SMALL_BYTES } from "./content-sink.ts";
import { lossOf } from "./loss-of.ts";
import type { PendingFolder, Scan, ScanOptions } from "./scan-result.ts";
import { FLAG, KIND, NO_ROW, ScanTable } from "./scan-table.ts";

/** The kind of each file type (the upper four bits of a mode); sockets and devices are lost. */
const KIND_BY_TYPE: Uint8Array = new Uint8Array(16).fill(KIND.lost);
KIND_BY_TYPE[S_IFREG >> 12] = KIND.file;
KIND_BY_TYPE[S_IFDIR >> 12] = KIND.folder;
KIND_BY_TYPE[S_IFLNK >> 12] = KIND.link;
KIND_BY_TYPE[S_IFIFO >> 12] = KIND.fifo;

/** A folder whose children are looked at. */
export interface OpenedFolder extends PendingFolder {
  readonly fd: number;
  /** It is tagged as a cache: of its content only the tag is kept. */
  readonly isCache: boolean;
}

/** Looks at one name after the other, and compares it with its row in the index. */
export class RowScanner {
  readonly stat: StatBuffer = new StatBuffer();
  readonly old: ScanTable;
  protected readonly scan: Scan;
  protected readonly table: ScanTable;
  private readonly skip: RawPath;
  private readonly trustBefore: number;
  private readonly datesNames: boolean;
  private mountId = 0;

  constructor(scan: Scan, { root, index, skip, trustBefore }: ScanOptions) {
    this.scan = scan;
    this.table = scan.table;
    this.old = index ?? ScanTable.withRoom(0, 0);
    this.skip = skip;
    this.trustBefore = trustBefore;
    this.datesNames = datesNames(root);
  }

  /** `stat` holds the root's state. */
  noteRoot(row: number, from: number): void {
    this.mountId = this.stat.mountId;
    this.table.setStat(row, this.stat);
    this.noteFolder(row, from);
  }

  /** Asks the kernel; false when there is nothing that a tree keeps. */
  look(row: number, folder: OpenedFolder): boolean {
    const { table, stat } = this;
    const name = table.namesAddress + (table.nameStart[row] as number);
    if (libc.statx(folder.fd, name, AT_SYMLINK_NOFOLLOW, STATX_MASK, stat.address) !== 0) {
      this.passOver(row, joinRaw(folder.path, table.nameOf(row)));
      return false;
    }
    table.setStat(row, stat);
    const kind = KIND_BY_TYPE[stat.mode >> 12] as number;
    table.kind[row] = kind;
    if (kind !== KIND.lost) return !this.isLeftOut(row, folder);
    const isSocket = (stat.mode & S_IFMT) === S_IFSOCK;
    this.lose(row, joinRaw(folder.path, table.nameOf(row)), isSocket ? "socket" : "device");
    return false;
  }

  /** Compares with the index; true when nothing that a tree keeps can have changed. */
  note(row: number, from: number): boolean {
    const { table, old, stat, scan } = this;
    if (table.kind[row] === KIND.folder) return this.noteFolder(row, from);
    if (stat.nlink > 1 && table.kind[row] === KIND.file) {
      const inode = `${stat.devMajor}:${stat.devMinor}:${stat.inoHigh}:${stat.inoLow}`;
      scan.linked.set(row, inode);
      table.setFlag(row, FLAG.linked);
    }
    if (!changedBefore(table, row, this.trustBefore)) table.setFlag(row, FLAG.racy);
    if (!this.isKnown(row, from) || old.has(from, FLAG.racy) || !old.matches(from, stat)) {
      scan.changed.push(row);
      // Who reads a large one may find much of it again.
      if (from !== NO_ROW && (table.size[row] as number) > SMALL_BYTES)
        table.setId(row, old.idOf(from));
      return false;
    }
    table.copyContent(row, old, from);
    if (!table.has(row, FLAG.stored)) scan.unstored.push(row);
    return true;
  }

  /** The open folder `fd` was listed: its times prove from now on that it has these names, or do not. */
  noteListed(row: number, fd: number): void {
    if (this.tellsOfNames(row, fd)) this.table.clearFlag(row, FLAG.racy);
    else this.table.setFlag(row, FLAG.racy);
  }

  /** Leaves a name out of the tree, and says so. */
  lose(row: number, path: RawPath, kind: LossKind): void {
    this.table.kind[row] = KIND.lost;
    this.table.flags[row] = 0;
    this.scan.losses.push(lossOf(path, kind));
  }

  protected isKnown(row: number, from: number): boolean {
    return (
      from !== NO_ROW &&
      this.old.kind[from] === this.table.kind[row] &&
      this.old.has(from, FLAG.hashed)
    );
  }

  /** A folder is clean here when its own line is; what is in it is found later, see noteListed. */
  protected noteFolder(row: number, from: number): boolean {
    const { table, old, stat } = this;
    table.kind[row] = KIND.folder;
    table.setListing(row, 0);
    if (!this.isProven(from)) table.setFlag(row, FLAG.racy);
    if (stat.mountId !== this.mountId) {
      table.setFlag(row, FLAG.mount);
      table.childCount[row] = 0; // What was in the folder before is covered up.
      this.scan.losses.push(lossOf(table.pathOf(row), "mount"));
    }
    if (!this.isKnown(row, from)) {
      this.scan.changed.push(row);
      this.scan.markDirty(row);
      return false;
    }
    const isTouched =
      old.ctimeNanos[from] !== stat.ctimeNanos || old.ctimeSeconds[from] !== stat.ctimeSeconds;
    const isUnstored = old.xattrs.has(from) && !old.has(from, FLAG.stored);
    if (isTouched || isUnstored) this.scan.changed.push(row);
    table.copyContent(row, old, from);
    table.size[row] = old.size[from] as number;
    if (table.has(row, FLAG.mount) !== old.has(from, FLAG.mount) || !table.has(row, FLAG.stored))
      this.scan.markDirty(row);
    return table.sameOwnerAndMode(row, old, from) && table.has(row, FLAG.stored);
  }

  /** Until a folder is listed, its times prove no more of its names than they did before. */
  private isProven(from: number): boolean {
    const { old, stat } = this;
    if (from === NO_ROW || old.has(from, FLAG.racy | FLAG.mount)) return false;
    return isSameVersion(old, from, stat);
  }

  /**
   * Whether a name that comes or goes must change the times in the row: they are no younger than the
   * clock is exact. What was opened may be another folder than was looked at, as where one was mounted.
   */
  private tellsOfNames(row: number, fd: number): boolean {
    const { table, stat } = this;
    if (!this.datesNames || !changedBefore(table, row, this.trustBefore)) return false;
    statFd(fd, stat);
    return stat.mountId === this.mountId && isSameVersion(table, row, stat);
  }

  /** The control folder, and what rules or a cache tag leave out. */
  private isLeftOut(row: number, folder: OpenedFolder): boolean {
    const { table } = this;
    if (folder.row !== 0 && folder.rules === undefined && !folder.isCache) return false;
    const name = table.nameOf(row);
    if (folder.row === 0 && (name === this.skip || name.startsWith(STAGING_PREFIX))) {
      table.kind[row] = KIND.gone;
      return true;
    }
    const isFolder = table.kind[row] === KIND.folder;
    const isOut = folder.isCache
      ? name !== CACHE_TAG
      : folder.rules?.ignores(joinRaw(folder.path, name), isFolder);
    if (isOut !== true) return false;
    table.kind[row] = KIND.ignored;
    table.totals.ignored++;
    return true;
  }

  /** A name that cannot be looked at has gone since it was listed, or lies in a folder closed to us. */
  private passOver(row: number, path: RawPath): void {
    const why = lastErrno();
    if (why === "ENOENT") this.table.kind[row] = KIND.gone;
    else if (why === "EACCES") this.lose(row, path, "unreadable");
    else throwErrno("look at", path);
  }
}

/** Whether it is the same inode, and nothing was done to that since. */
function isSameVersion(table: ScanTable, row: number, stat: StatBuffer): boolean {
  return (
    table.ctimeNanos[row] === stat.ctimeNanos &&
    table.ctimeSeconds[row] === stat.ctimeSeconds &&
    table.inoLow[row] === stat.inoLow &&
    table.inoHigh[row] === stat.inoHigh
  );
}
