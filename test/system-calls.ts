import { dlopen, FFIType, type Pointer, ptr, read } from "bun:ffi";

/**
 * The few system calls that tests need and node:fs lacks. Written apart from src/fs on purpose: what
 * checks the program must not share its mistakes. Paths are bytes; links are never followed.
 */
const { i32, u32, u64, i64, ptr: pointer } = FFIType;

const SYMBOLS = {
  mkfifo: { args: [pointer, u32], returns: i32 },
  mknod: { args: [pointer, u32, u64], returns: i32 },
  utimensat: { args: [i32, pointer, pointer, i32], returns: i32 },
  lseek: { args: [i32, i64, i32], returns: i64 },
  llistxattr: { args: [pointer, pointer, u64], returns: i64 },
  lgetxattr: { args: [pointer, pointer, pointer, u64], returns: i64 },
  lsetxattr: { args: [pointer, pointer, pointer, u64, i32], returns: i32 },
  lremovexattr: { args: [pointer, pointer], returns: i32 },
  __errno_location: { args: [], returns: pointer },
} as const;

const libc = loadLibc();

function loadLibc(): ReturnType<typeof dlopen<typeof SYMBOLS>>["symbols"] {
  for (const name of ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"]) {
    try {
      return dlopen(name, SYMBOLS).symbols;
    } catch {
      // The next one may be this machine's.
    }
  }
  throw new Error("no C library that the tests know");
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SEEK_HOLE = 4;
const UTIME_OMIT = 0x3ffffffen;
const BILLION = 1_000_000_000n;

/** A path or name as a test writes it: text, or bytes where text cannot say it. */
export type Bytes = string | Uint8Array;

export function makeFifo(path: Bytes, mode: number): void {
  check(libc.mkfifo(ptr(zeroEnded(path)), mode), "mkfifo", path);
}

/** A socket without a program behind it: what a crashed server leaves. */
export function makeSocket(path: Bytes): void {
  check(libc.mknod(ptr(zeroEnded(path)), 0o140644, 0n), "mknod", path);
}

/** A second `/dev/null`; only root may. */
export function makeDevice(path: Bytes): void {
  check(libc.mknod(ptr(zeroEnded(path)), 0o020644, 0x103n), "mknod", path);
}

/** Sets the time of last change, in nanoseconds since 1970, also of a link. */
export function setMtime(path: Bytes, nanos: bigint): void {
  const rest = ((nanos % BILLION) + BILLION) % BILLION;
  const times = new BigInt64Array([0n, UTIME_OMIT, (nanos - rest) / BILLION, rest]);
  const done = libc.utimensat(AT_FDCWD, ptr(zeroEnded(path)), ptr(times), AT_SYMLINK_NOFOLLOW);
  check(done, "utimensat", path);
}

/** Where the first hole begins; the size when there is none. */
export function findHole(fd: number): number {
  const at = Number(libc.lseek(fd, 0n, SEEK_HOLE));
  if (at < 0) throw new Error(`lseek: errno ${errno()}`);
  return at;
}

export function setXattr(path: Bytes, name: string, value: Uint8Array): void {
  const bytes = value.length === 0 ? new Uint8Array(1) : value;
  const [place, key] = [zeroEnded(path), zeroEnded(name)];
  const done = libc.lsetxattr(ptr(place), ptr(key), ptr(bytes), BigInt(value.length), 0);
  check(done, `lsetxattr ${name}`, path);
}

export function removeXattr(path: Bytes, name: string): void {
  const [place, key] = [zeroEnded(path), zeroEnded(name)];
  check(libc.lremovexattr(ptr(place), ptr(key)), `lremovexattr ${name}`, path);
}

/** All extended attributes as `name=<hex>`, sorted; none where the file system has no such thing. */
export function listXattrs(path: Bytes): string[] {
  const place = zeroEnded(path);
  const buffer = Buffer.alloc(65536);
  const length = Number(libc.llistxattr(ptr(place), ptr(buffer), BigInt(buffer.length)));
  if (length <= 0) return [];
  const names = buffer.toString("latin1", 0, length).split("\0").slice(0, -1);
  return names
    .filter((name) => name !== "security.selinux" && !name.startsWith("trusted.SGI_ACL_"))
    .sort()
    .map((name) => `${name}=${readXattr(place, name)}`);
}

function readXattr(place: Uint8Array, name: string): string {
  const buffer = Buffer.alloc(65536);
  const key = zeroEnded(name);
  const got = Number(libc.lgetxattr(ptr(place), ptr(key), ptr(buffer), BigInt(buffer.length)));
  return got < 0 ? `errno ${errno()}` : buffer.toString("hex", 0, got);
}

function zeroEnded(path: Bytes): Buffer {
  return Buffer.concat([Buffer.from(path as Uint8Array), Buffer.alloc(1)]);
}

function check(result: number, call: string, path: Bytes): void {
  if (result === 0) return;
  throw new Error(
    `${call} ${Buffer.from(path as Uint8Array).toString("latin1")}: errno ${errno()}`,
  );
}

function errno(): number {
  return read.i32(libc.__errno_location() as Pointer, 0);
}
