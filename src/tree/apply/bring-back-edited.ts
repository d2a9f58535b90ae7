import { closeFd, openFolder, renameToFree, statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { AT_FDCWD } from "../../fs/libc.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { fromText, type RawPath } from "../../model/raw-path.ts";
import { fingerprintOfStat } from "../file-fingerprint.ts";
import { splitPath } from "../split-path.ts";
import { conflictName } from "./action-runner.ts";

/** A name that a killed restore may have moved into its staging folder. */
export interface MovedAway {
  readonly path: RawPath;
  readonly staged: string;
  /** What it was when it was scanned, see fingerprintOfRow. */
  readonly was: string;
}

/**
 * Looks at what a killed restore had moved out of the workspace. What is as it was scanned is held by
 * a snapshot; what is not was edited in the meantime, and goes back as a conflict copy.
 */
export function bringBackEdited(
  root: number,
  { staging, victims, tag }: { staging: string; victims: readonly MovedAway[]; tag: string },
): void {
  const at = openFolder(AT_FDCWD, fromText(staging));
  using cursor = new FolderCursor(root);
  const stat = new StatBuffer();
  try {
    for (const { path, staged, was } of victims) {
      if (!statAt(at, staged as RawPath, stat) || fingerprintOfStat(stat) === was) continue;
      if (!sharesInode(fingerprintOfStat(stat), was)) continue; // Still the new content: never moved.
      putBack({ at, name: staged as RawPath }, { cursor, path, tag });
    }
  } finally {
    closeFd(at);
  }
}

function sharesInode(one: string, other: string): boolean {
  const inode = (facts: string): string => facts.split(":").slice(0, 2).join(":");
  return inode(one) === inode(other);
}

/** Into its folder, or into the root when the folder has gone. */
function putBack(
  from: { at: number; name: RawPath },
  to: { cursor: FolderCursor; path: RawPath; tag: string },
): void {
  const { folder, name } = splitPath(to.path);
  const copy = conflictName(name, to.tag);
  try {
    renameToFree(from, { at: to.cursor.open(folder), name: copy });
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT" && systemCodeOf(error) !== "ENOTDIR") throw error;
    renameToFree(from, { at: to.cursor.open("" as RawPath), name: copy });
  }
}
