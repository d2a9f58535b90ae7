import { ptr } from "bun:ffi";
import { SystemError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import {
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  CString,
  lastErrno,
  libc,
  OPEN_CREATE,
  OPEN_FOLDER,
  OPEN_READ,
  throwErrno,
} from "./libc.ts";
import { O_CLOEXEC } from "./open-flags.ts";
import { STATX_MASK, StatBuffer } from "./stat-buffer.ts";

/**
 * Verbs on one name in an open folder. None follows a link; each throws SystemError.
 * `name` may also be a short relative path where the caller knows that no part of it is a link.
 */
const first = new CString();
const second = new CString();

/** RENAME_NOREPLACE and RENAME_EXCHANGE (linux/fs.h). */
const NOREPLACE = 1;
const EXCHANGE = 2;
const CREATE_MODE = 0o600;
const FOR_FOLDER = { flags: OPEN_FOLDER, mode: 0 };
const FOR_READING = { flags: OPEN_READ, mode: 0 };

export function openFolder(at: number, name: RawPath): number {
  return openWith(at, name, FOR_FOLDER);
}

/** For reading a file (or a folder's attributes). Never blocks on a fifo. */
export function openForRead(at: number, name: RawPath): number {
  return openWith(at, name, FOR_READING);
}

/** Creates a file that must not exist; without a mode for its owner alone, until it gets its own. */
export function createFile(at: number, name: RawPath, mode: number = CREATE_MODE): number {
  return openWith(at, name, { flags: OPEN_CREATE, mode });
}

/** Opens with `flags` of open(2); what it makes is for its owner alone, unless it is given a mode. */
export function openWith(
  at: number,
  name: RawPath,
  { flags, mode = CREATE_MODE }: { flags: number; mode?: number },
): number {
  for (;;) {
    const fd = libc.openat(at, first.set(name), flags | O_CLOEXEC, mode);
    if (fd >= 0) return fd;
    if (lastErrno() !== "EINTR") throwErrno(flags === OPEN_CREATE ? "create" : "open", name);
  }
}

/** Closing tells nothing that a sync did not: its result is not looked at. */
export function closeFd(fd: number): void {
  libc.close(fd);
}

/** Fills `out`; false when there is no such name. */
export function statAt(at: number, name: RawPath, out: StatBuffer): boolean {
  if (libc.statx(at, first.set(name), AT_SYMLINK_NOFOLLOW, STATX_MASK, out.address) === 0)
    return true;
  const why = lastErrno();
  if (why === "ENOENT" || why === "ENOTDIR") return false;
  return throwErrno("look at", name);
}

export function statFd(fd: number, out: StatBuffer): void {
  const AT_EMPTY_PATH = 0x1000;
  if (libc.statx(fd, first.set(""), AT_EMPTY_PATH, STATX_MASK, out.address) !== 0)
    throwErrno("look at", "" as RawPath);
}

export function makeFolder(at: number, name: RawPath, mode: number): void {
  if (libc.mkdirat(at, first.set(name), mode) !== 0) throwErrno("make the folder", name);
}

export function removeFile(at: number, name: RawPath): void {
  if (libc.unlinkat(at, first.set(name), 0) !== 0) throwErrno("remove", name);
}

/** The folder must be empty. */
export function removeFolder(at: number, name: RawPath): void {
  if (libc.unlinkat(at, first.set(name), AT_REMOVEDIR) !== 0) throwErrno("remove the folder", name);
}

export function makeLink(at: number, name: RawPath, target: RawPath): void {
  if (libc.symlinkat(second.set(target), at, first.set(name)) !== 0)
    throwErrno("make the link", name);
}

export function makeFifo(at: number, name: RawPath, mode: number): void {
  if (libc.mkfifoat(at, first.set(name), mode) !== 0) throwErrno("make the fifo", name);
}

/** A second name for the file `from`. */
export function makeHardLink(from: Place, to: Place): void {
  if (libc.linkat(from.at, first.set(from.name), to.at, second.set(to.name), 0) !== 0)
    throwErrno("link", to.name);
}

/** A name in an open folder. */
export interface Place {
  readonly at: number;
  readonly name: RawPath;
}

/** Gives `from` the name `to`, which must be free (EEXIST). */
export function renameToFree(from: Place, to: Place): void {
  renameWith(from, to, NOREPLACE);
}

/** Both must exist; each gets the other's name, in one instant. */
export function exchange(one: Place, other: Place): void {
  renameWith(one, other, EXCHANGE);
}

/** Gives `from` the name `to`; what had that name is gone. Only for our own files. */
export function renameOver(from: Place, to: Place): void {
  renameWith(from, to, 0);
}

function renameWith(from: Place, to: Place, flags: number): void {
  if (libc.renameat2(from.at, first.set(from.name), to.at, second.set(to.name), flags) === 0)
    return;
  const why = lastErrno();
  const isUnsupported = flags !== 0 && (why === "EINVAL" || why === "ENOSYS");
  if (!isUnsupported) throwErrno("rename", to.name);
  renameByHand(from, to, flags);
}

/** For file systems without rename flags: the same in two steps, neither of which replaces anything. */
function renameByHand(from: Place, to: Place, flags: number): void {
  const stat = new StatBuffer();
  if (flags === EXCHANGE) {
    const parking = { at: from.at, name: `${from.name}.out` as RawPath };
    renameOver(to, parking);
    renameOver(from, to);
    renameOver(parking, from);
  } else if (statAt(to.at, to.name, stat)) {
    throw new SystemError("EEXIST", "rename", toText(to.name));
  } else {
    renameOver(from, to);
  }
}

const linkBuffer = new Uint8Array(4097);

/** The target of the link, as bytes. */
export function readLink(at: number, name: RawPath): Uint8Array {
  const length = libc.readlinkat(at, first.set(name), ptr(linkBuffer), linkBuffer.length);
  if (Number(length) < 0) throwErrno("read the link", name);
  return linkBuffer.slice(0, Number(length));
}

/** Permission bits of a file, folder or fifo; fails on a link. */
export function setMode(at: number, name: RawPath, mode: number): void {
  if (libc.fchmodat(at, first.set(name), mode, AT_SYMLINK_NOFOLLOW) !== 0)
    throwErrno("set the mode of", name);
}

export function setOpenMode(fd: number, mode: number, name: RawPath): void {
  if (libc.fchmod(fd, mode) !== 0) throwErrno("set the mode of", name);
}

export function setOwner(at: number, name: RawPath, owner: { uid: number; gid: number }): void {
  if (libc.fchownat(at, first.set(name), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) !== 0)
    throwErrno("set the owner of", name);
}

export function setOpenOwner(fd: number, owner: { uid: number; gid: number }, name: RawPath): void {
  if (libc.fchown(fd, owner.uid, owner.gid) !== 0) throwErrno("set the owner of", name);
}

const times: BigInt64Array<ArrayBuffer> = new BigInt64Array(4);
const timesAddress = ptr(times);
const UTIME_OMIT = 0x3ffffffen;

/** Sets the time of last change; `nanos` since 1970, may be negative. */
export function setMtime(at: number, name: RawPath, nanos: bigint): void {
  setTimes(nanos);
  if (libc.utimensat(at, first.set(name), timesAddress, AT_SYMLINK_NOFOLLOW) !== 0)
    throwErrno("set the time of", name);
}

/** The same for an open file. */
export function setOpenMtime(fd: number, nanos: bigint, name: RawPath): void {
  setTimes(nanos);
  if (libc.futimens(fd, timesAddress) !== 0) throwErrno("set the time of", name);
}

function setTimes(nanos: bigint): void {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  times[1] = UTIME_OMIT;
  times[2] = (nanos - rest) / 1_000_000_000n;
  times[3] = rest;
}
