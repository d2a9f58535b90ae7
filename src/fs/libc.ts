import { dlopen, type FFIFunction, FFIType, type Pointer, ptr, read } from "bun:ffi";
import { JvsError, SystemError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { errnoName } from "./errno.ts";
import {
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
} from "./open-flags.ts";

/**
 * The system calls that node:fs lacks, or is too slow for: everything relative to an open folder,
 * so that a link swapped into a path can never lead outside, and paths may be longer than PATH_MAX.
 * Linux only; signatures from the man pages (section 2) and glibc's headers.
 */
const { i32, u32, u64, i64_fast: i64, ptr: pointer } = FFIType;

const SYMBOLS = {
  openat: { args: [i32, pointer, i32, u32], returns: i32 },
  close: { args: [i32], returns: i32 },
  read: { args: [i32, pointer, u64], returns: i64 },
  write: { args: [i32, pointer, u64], returns: i64 },
  pread: { args: [i32, pointer, u64, FFIType.i64], returns: i64 },
  pwrite: { args: [i32, pointer, u64, FFIType.i64], returns: i64 },
  lseek: { args: [i32, FFIType.i64, i32], returns: i64 },
  statx: { args: [i32, pointer, i32, u32, pointer], returns: i32 },
  getdents64: { args: [i32, pointer, u64], returns: i64 },
  mkdirat: { args: [i32, pointer, u32], returns: i32 },
  unlinkat: { args: [i32, pointer, i32], returns: i32 },
  symlinkat: { args: [pointer, i32, pointer], returns: i32 },
  readlinkat: { args: [i32, pointer, pointer, u64], returns: i64 },
  linkat: { args: [i32, pointer, i32, pointer, i32], returns: i32 },
  mkfifoat: { args: [i32, pointer, u32], returns: i32 },
  renameat2: { args: [i32, pointer, i32, pointer, u32], returns: i32 },
  fchmodat: { args: [i32, pointer, u32, i32], returns: i32 },
  fchmod: { args: [i32, u32], returns: i32 },
  fchownat: { args: [i32, pointer, u32, u32, i32], returns: i32 },
  fchown: { args: [i32, u32, u32], returns: i32 },
  utimensat: { args: [i32, pointer, pointer, i32], returns: i32 },
  futimens: { args: [i32, pointer], returns: i32 },
  ftruncate: { args: [i32, FFIType.i64], returns: i32 },
  llistxattr: { args: [pointer, pointer, u64], returns: i64 },
  lgetxattr: { args: [pointer, pointer, pointer, u64], returns: i64 },
  lsetxattr: { args: [pointer, pointer, pointer, u64, i32], returns: i32 },
  lremovexattr: { args: [pointer, pointer], returns: i32 },
  flistxattr: { args: [i32, pointer, u64], returns: i64 },
  flock: { args: [i32, i32], returns: i32 },
  fcntl: { args: [i32, i32, i32], returns: i32 },
  ioctl: { args: [i32, u64, pointer], returns: i32 },
  copy_file_range: { args: [i32, pointer, i32, pointer, u64, u32], returns: i64 },
  fsync: { args: [i32], returns: i32 },
  syncfs: { args: [i32], returns: i32 },
  statfs: { args: [pointer, pointer], returns: i32 },
  realpath: { args: [pointer, pointer], returns: pointer },
  __errno_location: { args: [], returns: pointer },
} as const;

/** A place in memory, as bun:ffi's `ptr` gives it. */
export type Address = number;

/** The calls, with their parameters in the order of the man pages. */
export interface Libc {
  openat(at: number, path: Address, flags: number, mode: number): number;
  close(fd: number): number;
  read(fd: number, into: Address, count: number): number;
  write(fd: number, from: Address, count: number): number;
  pread(fd: number, into: Address, count: number, offset: number): number;
  pwrite(fd: number, from: Address, count: number, offset: number): number;
  lseek(fd: number, offset: number, whence: number): number;
  statx(at: number, path: Address, flags: number, mask: number, into: Address): number;
  getdents64(fd: number, into: Address, count: number): number;
  mkdirat(at: number, path: Address, mode: number): number;
  unlinkat(at: number, path: Address, flags: number): number;
  symlinkat(target: Address, at: number, path: Address): number;
  readlinkat(at: number, path: Address, into: Address, count: number): number;
  linkat(oldAt: number, oldPath: Address, newAt: number, newPath: Address, flags: number): number;
  mkfifoat(at: number, path: Address, mode: number): number;
  renameat2(
    oldAt: number,
    oldPath: Address,
    newAt: number,
    newPath: Address,
    flags: number,
  ): number;
  fchmodat(at: number, path: Address, mode: number, flags: number): number;
  fchmod(fd: number, mode: number): number;
  fchown(fd: number, uid: number, gid: number): number;
  fchownat(at: number, path: Address, uid: number, gid: number, flags: number): number;
  utimensat(at: number, path: Address, times: Address, flags: number): number;
  futimens(fd: number, times: Address): number;
  ftruncate(fd: number, length: number): number;
  llistxattr(path: Address, into: Address, count: number): number;
  lgetxattr(path: Address, name: Address, into: Address, count: number): number;
  lsetxattr(path: Address, name: Address, from: Address, count: number, flags: number): number;
  lremovexattr(path: Address, name: Address): number;
  flistxattr(fd: number, into: Address | null, count: number): number;
  flock(fd: number, operation: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  /**
   * Variadic in C: on the machines that jvs runs on, the third argument goes the same way all the
   * same. It is an address, or a plain number where the request takes one.
   */
  ioctl(fd: number, request: number, argument: Address): number;
  copy_file_range(
    from: number,
    fromOffset: Address | null,
    to: number,
    toOffset: Address | null,
    count: number,
    flags: number,
  ): number;
  fsync(fd: number): number;
  syncfs(fd: number): number;
  statfs(path: Address, into: Address): number;
  realpath(path: Address, into: Address): Address | null;
  __errno_location(): Address | null;
}

/** glibc first, then musl. */
const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** Calls beside those of {@link Libc}, for the few that need them: each costs a little start-up. */
export function loadCalls<Calls>(symbols: Readonly<Record<string, FFIFunction>>): Calls {
  if (process.platform !== "linux") throw unsupported();
  for (const name of LIBRARIES) {
    try {
      return dlopen(name, symbols).symbols as unknown as Calls;
    } catch {
      // Not this C library; the next name may be the one.
    }
  }
  throw unsupported();
}

function unsupported(): JvsError {
  return new JvsError(
    `Cannot work on ${process.platform}/${process.arch}: no C library that jvs knows`,
    {
      code: "E_IO",
      hint: "jvs works on Linux with glibc or musl",
    },
  );
}

export const libc: Libc = loadCalls<Libc>(SYMBOLS);

/** The folder file descriptor that stands for the current folder in the *at calls. */
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;
export const OPEN_FOLDER: number = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/** Never follows a link, never blocks on a fifo that took the place of a file. */
export const OPEN_READ: number = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
export const OPEN_CREATE: number = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

const errnoAddress = libc.__errno_location();

/** The kernel's name of the last failure on this thread. */
export function lastErrno(): string {
  const number = errnoAddress === null ? 0 : read.i32(errnoAddress as Pointer, 0);
  return errnoName(number);
}

/** Throws what the last failed call meant. */
export function throwErrno(action: string, path: RawPath): never {
  throw new SystemError(lastErrno(), action, toText(path) || ".");
}

/** One zero-ended string, kept alive in a buffer of its own: two names need two of these. */
export class CString {
  private bytes = Buffer.alloc(4096);
  private address: number = ptr(this.bytes);

  /** Writes `raw` and gives its address, good until the next call. */
  set(raw: string): number {
    if (raw.length >= this.bytes.length) {
      this.bytes = Buffer.alloc(raw.length * 2);
      this.address = ptr(this.bytes);
    }
    this.bytes.write(raw, "latin1");
    this.bytes[raw.length] = 0;
    return this.address;
  }
}
