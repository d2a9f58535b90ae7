import { ptr } from "bun:ffi";
import { SystemError, systemCodeOf } from "../model/errors.ts";
import { dirname } from "../model/path.ts";
import { fromBytes, fromText, type RawPath, toText } from "../model/raw-path.ts";
import { closeFd, openWith, readLink } from "./at.ts";
import { writeFully } from "./file-io.ts";
import { FileStat } from "./file-stat.ts";
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, CString, lastErrno, libc } from "./libc.ts";
import { FolderLister, listedNames } from "./list-folder.ts";
import { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_WRONLY } from "./open-flags.ts";
import { STATX_MASK } from "./stat-buffer.ts";

/**
 * What the hot path needs of node:fs, by system calls of our own, under the same names and with the
 * same meaning: to load node:fs takes 1.4 ms, a tenth of what a short command takes. Errors are
 * SystemErrors that name the path.
 */

/** Text, or the bytes themselves. */
export type Path = string | Uint8Array;

const PATH_MAX = 4096;
const FIRST_READ = 4096;
const SMALL_LISTING = 64 * 1024;

const first = new CString();
const second = new CString();

export function openSync(path: Path, flags: number, mode = 0o666): number {
  return openWith(AT_FDCWD, rawOf(path, "open"), { flags, mode });
}

/** Reads once into a part of `into`; at the file's own place unless `position` is given. Returns how many bytes came. */
export function readSync(
  fd: number,
  into: Uint8Array,
  { offset = 0, position }: { readonly offset?: number; readonly position?: number } = {},
): number {
  const length = into.length - offset;
  if (length === 0) return 0;
  const address = ptr(into) + offset;
  for (;;) {
    const got = Number(
      position === undefined
        ? libc.read(fd, address, length)
        : libc.pread(fd, address, length, position),
    );
    if (got >= 0) return got;
    throwUnlessCutShort("read", fd);
  }
}

/** Writes once; at the file's own place unless `position` is given. Returns how many bytes went. */
export function writeSync(fd: number, bytes: Uint8Array, position?: number): number {
  if (bytes.length === 0) return 0;
  const address = ptr(bytes);
  for (;;) {
    const put = Number(
      position === undefined
        ? libc.write(fd, address, bytes.length)
        : libc.pwrite(fd, address, bytes.length, position),
    );
    if (put >= 0) return put;
    throwUnlessCutShort("write", fd);
  }
}

export function fsyncSync(fd: number): void {
  while (libc.fsync(fd) !== 0) throwUnlessCutShort("sync", fd);
}

export function ftruncateSync(fd: number, length: number): void {
  while (libc.ftruncate(fd, length) !== 0) throwUnlessCutShort("write", fd);
}

export function fstatSync(fd: number): FileStat {
  const stat = new FileStat();
  if (libc.statx(fd, first.set(""), AT_EMPTY_PATH, STATX_MASK, stat.address) !== 0)
    throwUnlessCutShort("look at", fd);
  return stat;
}

/** Undefined when nothing is there; a link is looked at itself. `stat` is what is filled and returned. */
export function lstatSync(path: Path, stat: FileStat = new FileStat()): FileStat | undefined {
  return statWith(path, AT_SYMLINK_NOFOLLOW, stat);
}

/** Undefined when nothing is there, or where a link leads. */
export function statSync(path: Path, stat: FileStat = new FileStat()): FileStat | undefined {
  return statWith(path, 0, stat);
}

function statWith(path: Path, flags: number, stat: FileStat): FileStat | undefined {
  const name = rawOf(path, "look at");
  if (libc.statx(AT_FDCWD, first.set(name), flags, STATX_MASK, stat.address) === 0) return stat;
  const why = lastErrno();
  if (why === "ENOENT" || why === "ENOTDIR") return undefined;
  throw new SystemError(why, "look at", toText(name));
}

/** False also where it cannot be told. */
export function existsSync(path: Path): boolean {
  try {
    return statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Small, and kept: garbage of that size has a short command stop to collect it. */
let lister: FolderLister | undefined;

/** Bare names, in the kernel's order; what is no UTF-8 comes with U+FFFD. */
export function readdirSync(path: string): string[] {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    lister ??= new FolderLister(SMALL_LISTING);
    const end = lister.readAll(fd, fromText(path));
    return [...listedNames(lister.bytes, end)].map((name) => Buffer.from(name).toString());
  } finally {
    closeFd(fd);
  }
}

export function mkdirSync(
  path: string,
  {
    mode = 0o777,
    recursive = false,
  }: { readonly mode?: number; readonly recursive?: boolean } = {},
): void {
  if (libc.mkdirat(AT_FDCWD, first.set(rawOf(path, "make the folder")), mode) === 0) return;
  const why = lastErrno();
  if (recursive && why === "EEXIST" && statSync(path)?.isDirectory()) return;
  if (!recursive || why !== "ENOENT") throw new SystemError(why, "make the folder", path);
  mkdirSync(dirname(path), { mode, recursive });
  mkdirSync(path, { mode });
}

/** What has the name `to` is replaced. */
export function renameSync(from: string, to: string): void {
  const names = [first.set(rawOf(from, "rename")), second.set(rawOf(to, "rename"))] as const;
  if (libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], 0) !== 0)
    throw new SystemError(lastErrno(), "rename", from);
}

/** A file or a link, not a folder. */
export function unlinkSync(path: string): void {
  if (libc.unlinkat(AT_FDCWD, first.set(rawOf(path, "remove")), 0) !== 0)
    throw new SystemError(lastErrno(), "remove", path);
}

/** The same, where it may be gone already. */
export function removeIfAny(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
  }
}

/** All of a file, from its beginning, or of an open one, from where it stands. */
export function readFileSync(file: Path | number): Buffer {
  if (typeof file === "number") return readToEnd(file);
  const fd = openSync(file, O_RDONLY);
  try {
    return readToEnd(fd);
  } finally {
    closeFd(fd);
  }
}

/** Nobody is asked for the size: files in /proc have none, others grow, and most are small. */
function readToEnd(fd: number): Buffer {
  let bytes = Buffer.allocUnsafe(FIRST_READ);
  for (let end = 0; ; ) {
    const got = readSync(fd, bytes, { offset: end });
    end += got;
    if (got === 0) return bytes.subarray(0, end);
    if (end === bytes.length) bytes = Buffer.concat([bytes], end * 4);
  }
}

/** Makes the file, which must not be there. */
export function writeNewFile(path: string, bytes: Uint8Array, mode: number): void {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  try {
    writeFully(fd, bytes, fromText(path));
  } finally {
    closeFd(fd);
  }
}

/** The path without links, `.` and `..`: realpath(3). */
export function realpathSync(path: string): string {
  const into = new Uint8Array(PATH_MAX);
  if (libc.realpath(first.set(rawOf(path, "look at")), ptr(into)) === null)
    throw new SystemError(lastErrno(), "look at", path);
  return Buffer.from(into.buffer, 0, into.indexOf(0)).toString();
}

/** Of statfs(2), linux/statfs.h: as 64-bit machines have it. */
export interface FileSystemStat {
  /** A number of linux/magic.h. */
  readonly type: number;
  readonly bsize: number;
  /** In units of bsize: all, and what an ordinary user may still write. */
  readonly blocks: number;
  readonly bavail: number;
  /** All inodes, and the free ones. */
  readonly files: number;
  readonly ffree: number;
}

export function statfsSync(path: string): FileSystemStat {
  const words = new BigUint64Array(16);
  if (libc.statfs(first.set(rawOf(path, "look at")), ptr(words)) !== 0)
    throw new SystemError(lastErrno(), "look at", path);
  const at = (index: number): number => Number(words[index]);
  return {
    ...{ type: at(0), bsize: at(1), blocks: at(2) },
    ...{ bavail: at(4), files: at(5), ffree: at(6) },
  };
}

function rawOf(path: Path, action: string): RawPath {
  const raw = typeof path === "string" ? fromText(path) : fromBytes(path);
  // For the kernel the path would end there, and be another one.
  if (raw.includes("\0")) throw new SystemError("EINVAL", action, toText(raw));
  return raw;
}

/** Returns where a signal cut the last call short: it is to be done again. Else its failure tells the path of the file. */
function throwUnlessCutShort(action: string, fd: number): void {
  const why = lastErrno();
  if (why !== "EINTR") throw new SystemError(why, action, pathOfOpen(fd));
}

/** For words only: the file may have another name by now. */
export function pathOfOpen(fd: number): string {
  try {
    return toText(fromBytes(readLink(AT_FDCWD, `/proc/self/fd/${fd}` as RawPath)));
  } catch {
    return `file descriptor ${fd}`;
  }
}
