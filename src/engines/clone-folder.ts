import { basename, dirname } from "node:path";
import { closeFd, openFolder } from "../fs/at.ts";
import { isSubvolume, snapshotSubvolume } from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";

/** How a folder was copied. */
export type FolderClone = "subvolume snapshot";

/**
 * Copies the workspace at `source` to `target`, which must not exist, by one act of the file system
 * that costs nothing for content; undefined, and nothing done, where it has none. What jvs itself
 * keeps in a workspace is left out.
 *
 * @throws SystemError
 */
export function cloneFolder(source: string, target: string): FolderClone | undefined {
  const from = openFolder(AT_FDCWD, fromText(`${source}/.`));
  try {
    if (!isSubvolume(from) || !onSameFileSystem(source, dirname(target))) return undefined;
    snapshotTo(from, target);
    return "subvolume snapshot";
  } finally {
    closeFd(from);
  }
}

function snapshotTo(from: number, target: string): void {
  const parent = openFolder(AT_FDCWD, fromText(`${dirname(target)}/.`));
  try {
    const place = { at: parent, name: fromText(basename(target)) };
    snapshotSubvolume(from, place, { readOnly: false });
    const copy = openFolder(place.at, place.name);
    try {
      // In the copy it is an empty folder, or the pointer of another fork.
      removeBelow(copy, [".jvs" as RawPath]);
    } finally {
      closeFd(copy);
    }
  } finally {
    closeFd(parent);
  }
}
