import { listChangedSince } from "../fs/btrfs/changed-since.ts";
import { isSubvolume, subvolumeOf } from "../fs/btrfs/subvolume.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import type { Touched } from "../tree/touched.ts";

/** How tokens name a subvolume: by the first half of its uuid, which is never given again. */
export function subvolumeKey(uuid: string): FrozenToken["subvolume"] {
  return BigInt(`0x${uuid.slice(0, 16)}`);
}

/**
 * What in the subvolume (its open top folder) is of a later generation; see listChangedSince.
 *
 * @returns undefined where the user may not ask
 * @throws SystemError
 */
export function touchedSince(fd: number, generation: number): Touched | undefined {
  const changed = listChangedSince(fd, generation);
  return changed && { paths: [...changed.folders, ...changed.files], trees: changed.placed };
}

/**
 * A generation that has nothing of what happens to the subvolume of the open folder from now on;
 * undefined where the file system keeps no such account.
 */
export function generationNow(fd: number): number | undefined {
  return isSubvolume(fd) ? subvolumeOf(fd).generation : undefined;
}
