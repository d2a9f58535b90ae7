import { SystemError } from "../model/errors.ts";
import { lastErrno, libc } from "./libc.ts";

/** sys/file.h */
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** `exclusive`: nobody else holds it. `shared`: nobody else holds it exclusively. */
export type LockMode = "exclusive" | "shared";

/**
 * Takes the lock of an open file, flock(2), without waiting. The kernel releases it at the instant
 * the holder dies, however it dies, so that nobody has to guess from times and pids whether a lock
 * is stale. It ends when `fd`, and every copy of it, is closed. Two descriptors opened apart exclude
 * each other, in one process too.
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
  const operation = (mode === "shared" ? LOCK_SH : LOCK_EX) | LOCK_NB;
  for (;;) {
    if (libc.flock(fd, operation) === 0) return true;
    const why = lastErrno();
    if (why === "EAGAIN") return false;
    if (why !== "EINTR") throw new SystemError(why, "lock", path);
  }
}
