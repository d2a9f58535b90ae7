import { constants } from "node:fs";
import { SystemError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { closeFd, openWith, statFd } from "../at.ts";
import { IoBuffer } from "../file-io.ts";
import { FolderCursor } from "../folder-cursor.ts";
import { lastErrno, libc } from "../libc.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../stat-buffer.ts";

/** A file whose newest bytes could not be brought out of a mount's memory. */
export interface Unflushed {
  readonly path: RawPath;
  readonly error: SystemError;
}

const NO_LINKS_NO_WAIT = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const OPEN_TO_WRITE = constants.O_WRONLY | NO_LINKS_NO_WAIT;
const OPEN_PAST_CACHE = constants.O_RDONLY | constants.O_DIRECT | NO_LINKS_NO_WAIT;
const SEEK_SET = 0;
const PAGE = 4096;

/**
 * Brings what was written to files, but not synced, into the volume. JuiceFS keeps it in the
 * memory of the mount for seconds while its writer has the file open, and a clone has none of it.
 *
 * Each file is opened for writing and synced; where that is not allowed, its end is read past the
 * kernel's cache, which makes the mount write out first. An ordinary read does so only when the
 * kernel has not kept the page; syncfs(2), and fsync(2) of a descriptor for reading, never do.
 * Writers on other mounts cannot be reached.
 *
 * @param root An open folder.
 * @param paths Relative to it. What is gone, or no regular file, is passed over.
 * @returns The files that could not be flushed.
 */
export function flushOpenFiles(root: number, paths: Iterable<RawPath>): Unflushed[] {
  const failed: Unflushed[] = [];
  using cursor = new FolderCursor(root);
  for (const path of paths) {
    const slash = path.lastIndexOf("/");
    try {
      const folder = cursor.open(path.slice(0, Math.max(0, slash)) as RawPath);
      flushFile(folder, path.slice(slash + 1) as RawPath);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (!MEANS_NO_FILE.has(error.code)) failed.push({ path, error });
    }
  }
  return failed;
}

/** What the open says when the name has gone, or means something else by now. */
const MEANS_NO_FILE = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "ENXIO"]);

function flushFile(folder: number, name: RawPath): void {
  const fd = openToWrite(folder, name);
  if (fd === undefined) readPastCache(folder, name);
  else syncAndClose(fd, name);
}

/** Undefined where writing is not allowed: another's file, a read-only one, a running program. */
function openToWrite(folder: number, name: RawPath): number | undefined {
  try {
    return openWith(folder, name, { flags: OPEN_TO_WRITE });
  } catch (error) {
    const why = (error as SystemError).code;
    if (why === "EACCES" || why === "EPERM" || why === "ETXTBSY" || why === "EROFS")
      return undefined;
    throw error;
  }
}

function syncAndClose(fd: number, name: RawPath): void {
  try {
    if (!isRegular(fd)) return;
    if (libc.fsync(fd) !== 0) throw new SystemError(lastErrno(), "sync", toText(name));
  } finally {
    closeFd(fd);
  }
}

function readPastCache(folder: number, name: RawPath): void {
  const fd = openWith(folder, name, { flags: OPEN_PAST_CACHE });
  try {
    if (!isRegular(fd) || stat.size === 0) return;
    libc.lseek(fd, Math.floor((stat.size - 1) / PAGE) * PAGE, SEEK_SET);
    if (Number(libc.read(fd, page.address + pageOffset, PAGE)) < 0)
      throw new SystemError(lastErrno(), "read", toText(name));
  } finally {
    closeFd(fd);
  }
}

const stat = new StatBuffer();
const page = new IoBuffer(2 * PAGE);
/** Reads past the cache want their memory at a whole page. */
const pageOffset = PAGE - (page.address % PAGE);

function isRegular(fd: number): boolean {
  statFd(fd, stat);
  return (stat.mode & S_IFMT) === S_IFREG;
}
