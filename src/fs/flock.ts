import { dlopen, FFIType, type Pointer, read } from "bun:ffi";
import { SystemError } from "../model/errors.ts";

/**
 * Locks of the kernel, flock(2): released at the instant the holder dies, however it dies, so
 * that nobody has to guess from times and pids whether a lock is stale. node:fs has no call for it.
 */
interface Flock {
  flock(fd: number, operation: number): number;
  errnoAddress(): Pointer | null;
}

/** sys/file.h, the same on Linux and macOS. */
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

const EINTR = 4;
const EWOULDBLOCK = process.platform === "darwin" ? 35 : 11;
const ERRNO_NAMES: Readonly<Record<number, string>> = { 9: "EBADF", 37: "ENOLCK", 38: "ENOSYS" };

/** glibc first, then musl, then macOS. */
const LIBRARIES = [
  { name: "libc.so.6", errno: "__errno_location" },
  { name: "libc.musl-x86_64.so.1", errno: "__errno_location" },
  { name: "libc.musl-aarch64.so.1", errno: "__errno_location" },
  { name: "libSystem.B.dylib", errno: "__error" },
] as const;

let loaded: Flock | undefined;

/** `exclusive`: nobody else holds it. `shared`: nobody else holds it exclusively. */
export type LockMode = "exclusive" | "shared";

/**
 * Takes the lock of an open file, without waiting. The lock ends when `fd`, and every
 * copy of it, is closed. Two descriptors opened apart exclude each other, in one process too.
 *
 * @param path Only for the message, should the system refuse.
 * @returns false while another holds it.
 * @throws SystemError where the file system knows no locks.
 */
export function tryLockFile(
  fd: number,
  path: string = `file descriptor ${fd}`,
  mode: LockMode = "exclusive",
): boolean {
  loaded ??= loadFlock();
  const operation = (mode === "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB;
  for (;;) {
    if (loaded.flock(fd, operation) === 0) return true;
    const errno = errnoOf(loaded);
    if (errno === EWOULDBLOCK) return false;
    if (errno !== EINTR) throw new SystemError(ERRNO_NAMES[errno] ?? `E${errno}`, "lock", path);
  }
}

function errnoOf({ errnoAddress }: Flock): number {
  const address = errnoAddress();
  return address === null ? 0 : read.i32(address, 0);
}

function loadFlock(): Flock {
  for (const { name, errno } of LIBRARIES) {
    try {
      const { symbols } = dlopen(name, {
        flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
        [errno]: { args: [], returns: FFIType.ptr },
      });
      return { flock: symbols.flock, errnoAddress: symbols[errno] } as unknown as Flock;
    } catch {
      // Not this C library; the next name may be the one.
    }
  }
  throw new SystemError("ENOSYS", "load the C library for", "locks");
}
