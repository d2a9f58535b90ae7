import { lstatSync, mkdirSync, renameSync } from "node:fs";
import { basename, dirname } from "node:path";
import { renameToFree } from "../fs/at.ts";
import { makeOwnSubvolume } from "../fs/btrfs/make-own-subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeTree } from "../fs/remove-tree.ts";
import { syncFolder } from "../fs/write-atomic.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import { fromText } from "../model/raw-path.ts";
import { withFolderOf } from "./folders.ts";
import { indexPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/**
 * The name beside a workspace under which it is put together, or taken apart. On the same file
 * system, so that a rename moves all of it in one instant.
 */
export function besidePath(workspace: string, id: string): string {
  return `${dirname(workspace)}/.${basename(workspace).slice(0, 180)}.jvs-${id}`;
}

/** Removes the folder in which a workspace was put together. Removing what is gone is no error. */
export async function removeDraftFolder(path: string): Promise<void> {
  await removeTree(path);
}

/** Makes the folder that `path` is to be in: the one of all forks, for the first of them. */
export function ensureFolderOf(path: string): void {
  try {
    mkdirSync(dirname(path));
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw error;
  }
}

/** Makes the empty folder `path` in which a workspace is put together: on btrfs a subvolume. */
export function makeDraftFolder(path: string): void {
  // The folder of all forks, for the first one. Not recursive: a repository that is gone stays gone.
  withFolderOf(path, () => makeOwnSubvolume(path, "anywhere", 0o755));
}

/**
 * Gives a folder another place, which must be free.
 *
 * @throws E_EXISTS when something is at `to`
 */
export function moveFolder(from: string, to: string): void {
  try {
    renameToFree({ at: AT_FDCWD, name: fromText(from) }, { at: AT_FDCWD, name: fromText(to) });
  } catch (error) {
    if (!/^(EEXIST|ENOTEMPTY)$/.test(systemCodeOf(error))) throw error;
    throw new JvsError(`Cannot make a worktree at "${to}": something is already there`, {
      code: "E_EXISTS",
      hint: "Move it away, or choose another name",
      details: { path: to },
      cause: error,
    });
  }
  syncFolder(dirname(to));
}

/**
 * Removes a folder and all in it. False when the system refuses some of it, as with what belongs to
 * somebody else: the rest of it stays where it is.
 */
export async function tryRemoveFolder(path: string): Promise<boolean> {
  try {
    await removeTree(path);
    return true;
  } catch (error) {
    if (!/^(EACCES|EPERM|EBUSY|EROFS)$/.test(systemCodeOf(error))) throw error;
    return false;
  }
}

/** Tells one folder from another that has its name later; undefined when there is none. */
export function identityOf(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat?.isDirectory() ? `${stat.dev}:${stat.ino}` : undefined;
}

/** Lets the stat index follow a worktree that got another name. A cache: failing only costs time. */
export function renameIndex({ layout }: Repo, from: string, to: string): void {
  try {
    renameSync(indexPath(layout, from), indexPath(layout, to));
  } catch {
    // There was none, or it cannot be moved: the next command reads the files again.
  }
}
