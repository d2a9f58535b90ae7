import { SystemError, systemCodeOf } from "../model/errors.ts";
import { gathered } from "../model/gathered.ts";
import { dirname } from "../model/path.ts";
import { closeFd } from "./at.ts";
import { fsyncSync, openSync, removeIfAny, renameSync, unlinkSync, writeSync } from "./files.ts";
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } from "./open-flags.ts";

export interface WriteOptions {
  /** Do not return before the content would survive a power cut. */
  readonly sync: boolean;
}

/** As a whole or, where that would be much, in pieces that no character is cut by. */
export type Text = string | Iterable<string>;

export interface WriteAtomicOptions {
  /**
   * `true`: the new content is there after a power cut. `"content"`: all of the old or all of the
   * new is. Without, the file may be empty: some file systems (XFS) keep the rename and lose the bytes.
   */
  readonly sync: boolean | "content";
  /**
   * The caller holds a lock that keeps every other writer of this file away. Then the temporary
   * file has one fixed name, and one that a crash left behind is taken over instead of piling up.
   */
  readonly soleWriter?: boolean;
}

/**
 * Writes `text` to `path` so that a reader, or a crash, sees all of the old content or all of the new.
 * A link at `path` is replaced, not followed.
 *
 * @throws SystemError when a system call fails; `path` is then as it was, and nothing is left beside it.
 */
export function writeAtomic(path: string, text: Text, options: WriteAtomicOptions): void {
  const { sync, soleWriter = false } = options;
  const temp = soleWriter ? draftPath(path) : `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  if (soleWriter) removeIfAny(temp);
  createFile(temp, text, { sync: sync !== false });
  place(temp, path);
  if (sync === true) syncFolder(dirname(path));
}

/** Where the sole writer of `path` writes what will be there. */
export function draftPath(path: string): string {
  return `${path}.tmp`;
}

/**
 * The first half of {@link writeAtomic} for a sole writer: `text` stands beside, for the caller to
 * sync with other files. {@link placeDraft} is the second half.
 *
 * @throws SystemError; then nothing is left beside it
 */
export function writeDraft(path: string, text: string): void {
  removeIfAny(draftPath(path));
  createFile(draftPath(path), text, { sync: false });
}

/** @throws SystemError; `path` is then as it was, and nothing is left beside it */
export function placeDraft(path: string): void {
  place(draftPath(path), path);
}

function place(temp: string, path: string): void {
  try {
    naming("rename", path, () => renameSync(temp, path));
  } catch (error) {
    removeIfAny(temp);
    throw error;
  }
}

/**
 * Makes the file `path`, which must not exist, and writes `text` into it. Its folder is not synced.
 *
 * @throws SystemError when a system call fails (`EEXIST`: something is there); no file is left then.
 */
export function createFile(path: string, text: Text, { sync }: WriteOptions): void {
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    const pieces = typeof text === "string" ? [text] : gathered(text);
    for (const piece of pieces) writeAll(fd, Buffer.from(piece), path);
    if (sync) naming("sync", path, () => fsyncSync(fd));
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeFd(fd);
  }
}

/**
 * Writes all of `bytes` at the end or the current place of `fd`: one system call, unless the disk is full.
 *
 * @throws SystemError naming `path`; a part may have been written.
 */
export function writeAll(fd: number, bytes: Uint8Array, path: string): void {
  for (let done = 0; done < bytes.length; ) {
    done += naming("write", path, () => writeSync(fd, bytes.subarray(done)));
  }
}

/**
 * Sends the content of the file `path` to the disk.
 *
 * @throws SystemError when a system call fails.
 */
export function syncFile(path: string): void {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW);
  try {
    naming("sync", path, () => fsyncSync(fd));
  } finally {
    closeFd(fd);
  }
}

/**
 * Sends the names in the folder `path` to the disk: a rename is durable only after this.
 *
 * @throws SystemError when a system call fails.
 */
export function syncFolder(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    naming("sync", path, () => fsyncSync(fd));
  } catch (error) {
    // Some file systems keep their folders safe by themselves and refuse to be asked.
    if (!/^(EINVAL|ENOTSUP|ENOSYS)$/.test(systemCodeOf(error))) throw error;
  } finally {
    closeFd(fd);
  }
}

/** Calls that take a descriptor or two paths do not tell which path was at fault. */
function naming<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemCodeOf(error);
    throw code === "" ? error : new SystemError(code, action, path);
  }
}
