import { readLink } from "../fs/at.ts";
import { statSync } from "../fs/files.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import { resolve } from "../model/path.ts";
import { decodeExact, fromBytes, type RawPath, toText } from "../model/raw-path.ts";

/**
 * The path of the folder that the process is in.
 *
 * @throws E_NO_REPOSITORY when it was deleted
 */
export function physicalFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    throw new JvsError("cannot get current directory: getwd: no such file or directory", {
      code: "E_NO_REPOSITORY",
      hint: 'The folder was deleted, or replaced: go to another one, or in again with `cd "$PWD"`',
      cause: error,
    });
  }
}

/**
 * The folder that the user is in: `pwd` (from the shell) keeps the links they came by, and counts
 * when it names the same place as `physical`.
 *
 * @throws E_IO when its path is no UTF-8
 */
export function currentFolder(physical: string, pwd: string): string {
  if (physical.includes("\ufffd")) refuseBytes();
  if (!pwd.startsWith("/") || pwd === physical) return physical;
  const here = statSync(physical)?.identity;
  return here !== undefined && statSync(pwd)?.identity === here ? resolve(pwd) : physical;
}

/** Names in a workspace may be any bytes. The way to the current folder may not, yet. */
function refuseBytes(): void {
  const path = fromBytes(readLink(AT_FDCWD, "/proc/self/cwd" as RawPath));
  if (decodeExact(path) !== undefined) return;
  throw new JvsError(`Cannot work in the folder "${toText(path)}": its path is not UTF-8`, {
    code: "E_IO",
    hint: "Run the command from a folder above it",
    details: { path: toText(path) },
  });
}
