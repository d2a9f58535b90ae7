import { inFolder, isSubvolume } from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { fileSystemOf } from "../fs/mounts.ts";
import { fromText } from "../model/raw-path.ts";

/** Whether the folder lies on btrfs and is no subvolume. */
export function couldBeSubvolume(root: string): boolean {
  if (fileSystemOf(root) !== "btrfs") return false;
  return !inFolder(AT_FDCWD, fromText(`${root}/.`), isSubvolume);
}
