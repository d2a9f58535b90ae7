import { lstatSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fromText } from "../../model/raw-path.ts";
import { AT_FDCWD } from "../libc.ts";
import { removeTree } from "../remove-tree.ts";
import { ROOT_INODE } from "./btrfs-ioctl.ts";
import { deleteSubvolume } from "./delete-subvolume.ts";
import { inFolder, isSubvolumeAt } from "./subvolume.ts";

/**
 * Removes the folder at `path` and all in it, be it a subvolume, read-only or not. Removing what is
 * gone is no error.
 *
 * @throws what {@link deleteSubvolume} and {@link removeTree} throw
 */
export function removeSlot(path: string): void {
  // Most are plain folders, and some of those may not even be opened.
  if (lstatSync(path, { throwIfNoEntry: false })?.ino === ROOT_INODE && removeSubvolume(path))
    return;
  removeTree(path);
}

/** False when it is none. */
function removeSubvolume(path: string): boolean {
  return inFolder(AT_FDCWD, fromText(dirname(path)), (parent) => {
    const name = fromText(basename(path));
    const isOne = isSubvolumeAt(parent, name);
    if (isOne) deleteSubvolume(parent, name);
    return isOne;
  });
}
