import { closeFd } from "../fs/at.ts";
import type { FileStat } from "../fs/file-stat.ts";
import { fstatSync, lstatSync, openSync, readFileSync } from "../fs/files.ts";
import { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } from "../fs/open-flags.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";

/** For reading and writing: a fifo that is opened for writing alone would wait for a reader, or fail. */
const TO_WRITE = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/**
 * Opens a control file for reading: the one way in which any is opened. A repository can come with
 * anybody's archive, so it must be a regular file: a fifo would keep us waiting for ever, a link
 * would have us read what lies elsewhere.
 *
 * @returns undefined when there is no such file.
 * @throws E_CONFIG when it is something else, SystemError-like errors of node:fs when it is closed to us
 */
export function openControlFile(path: string): number | undefined {
  try {
    return openRegular(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Opens a control file that is written in place, for reading, too; makes it where there is none.
 *
 * @throws as {@link openControlFile}, and ENOENT where its folder is missing
 */
export function openControlFileToWrite(path: string): number {
  return openRegular(path, TO_WRITE);
}

/** The same for one that only grows. */
export function openControlFileToAppend(path: string): number {
  return openRegular(path, TO_WRITE | O_APPEND);
}

function openRegular(path: string, flags: number): number {
  let fd: number;
  try {
    fd = openSync(path, flags, 0o666);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ELOOP") throw irregular(path, "a symbolic link");
    if (code === "ENXIO") throw irregular(path, "a socket or a device");
    if (code === "EISDIR") throw irregular(path, "a folder");
    throw error;
  }
  const what = describeIrregular(fstatSync(fd));
  if (what === undefined) return fd;
  closeFd(fd);
  throw irregular(path, what);
}

/** The text of the control file `path`, or undefined when there is no such file. Throws as {@link openControlFile}. */
export function readTextIfAny(path: string): string | undefined {
  const fd = openControlFile(path);
  if (fd === undefined) return undefined;
  try {
    return readFileSync(fd).toString();
  } finally {
    closeFd(fd);
  }
}

/** What came of reading a control file, for those who go on without it: its text, or why there is none. */
export interface ReadText {
  /** Undefined when there is no such file, or it cannot be read. */
  readonly text?: string;
  /** Why it cannot be read, in words. */
  readonly fault?: string;
}

/** The same, and never throws. */
export function tryReadText(path: string): ReadText {
  try {
    const text = readTextIfAny(path);
    return text === undefined ? {} : { text };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Why a control file could not be opened or read, in words. */
export function faultOf(error: unknown): string {
  if (error instanceof JvsError) return String(error.details.why);
  return `it cannot be read (${systemCodeOf(error) || String(error)})`;
}

/**
 * Refuses to go on where the control file `path` is something else than a file.
 *
 * @throws E_CONFIG
 */
export function refuseIrregular(path: string): void {
  const stat = lstatSync(path);
  const what = stat && describeIrregular(stat);
  if (what !== undefined) throw irregular(path, what);
}

type Kind = Pick<FileStat, "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO">;

/** What is at `path` when it is not a regular file, in words. */
export function describeIrregular(stat: Kind): string | undefined {
  if (stat.isFile()) return undefined;
  if (stat.isDirectory()) return "a folder";
  if (stat.isSymbolicLink()) return "a symbolic link";
  return stat.isFIFO() ? "a fifo" : "a socket or a device";
}

function irregular(path: string, what: string): JvsError {
  const why = `it is ${what}, not a file`;
  return new JvsError(`Cannot read "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Move it away, or put the file back from a backup; `jvs doctor` says what else is wrong",
    details: { path, why },
  });
}
