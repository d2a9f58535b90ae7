import { mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fromText } from "../../model/raw-path.ts";
import { closeFd, openFolder, setMode } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { createSubvolume, isBtrfs, isSubvolume } from "./subvolume.ts";

/** Where a folder becomes a subvolume: anywhere on btrfs, or only right in another subvolume. */
export type SubvolumePlace = "anywhere" | "in a subvolume";

/**
 * Makes the folder `path`, as a subvolume of btrfs where it can be one: such a folder is in no snapshot
 * of what is around it.
 *
 * @throws the system's error; EEXIST when something is there
 */
export function makeOwnSubvolume(path: string, where: SubvolumePlace, mode: number): void {
  const parent = openFolder(AT_FDCWD, fromText(`${dirname(path)}/.`));
  try {
    const isWanted = where === "anywhere" ? isBtrfs(parent) : isSubvolume(parent);
    if (!isWanted) {
      mkdirSync(path, { mode });
      return;
    }
    createSubvolume(parent, fromText(basename(path)));
    setMode(parent, fromText(basename(path)), mode);
  } finally {
    closeFd(parent);
  }
}
