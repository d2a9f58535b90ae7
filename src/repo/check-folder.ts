import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { JvsError } from "../model/errors.ts";

/**
 * Refuses folders that people rarely mean: the root of the file system, the home folder (or one that
 * holds it), and the root of a mount.
 *
 * @throws E_UNSAFE_FOLDER
 */
export function checkFolderIsSafe(folder: string, home: string): void {
  const path = real(folder);
  const why = reasonAgainst(path, real(home));
  if (why === undefined) return;
  throw new JvsError(`Cannot take snapshots of "${path}": ${why}`, {
    code: "E_UNSAFE_FOLDER",
    hint: "Go into the folder you work in, or say --force if you mean all of it",
    details: { path },
  });
}

function reasonAgainst(path: string, home: string): string | undefined {
  if (path === "/") return "it is the whole file system";
  if (path === home) return "it is your home folder";
  if (home.startsWith(`${path}/`)) return "it holds your home folder";
  return isMountRoot(path) ? "it is the root of a mounted file system" : undefined;
}

function isMountRoot(path: string): boolean {
  return !onSameFileSystem(path, dirname(path));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
