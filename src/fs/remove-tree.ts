import { systemCodeOf } from "../model/errors.ts";
import { juiceWay } from "../model/juice-way.ts";
import { basename, dirname } from "../model/path.ts";
import { fromText } from "../model/raw-path.ts";
import { closeFd, openFolder, type Place } from "./at.ts";
import { lstatSync, statfsSync } from "./files.ts";
import { AT_FDCWD } from "./libc.ts";
import { nodeFs } from "./node-fs.ts";

/** `f_type` of statfs(2), linux/magic.h. */
const BTRFS = 0x9123683e;
const FUSE = 0x65735546;

/** The root of every subvolume of btrfs has this number. */
const SUBVOLUME_INODE = 256n;

/**
 * Removes the folder at `path` and all in it, read-only folders too: a subvolume of btrfs and a folder
 * on JuiceFS by one request, where that is granted. Removing what is gone is no error.
 *
 * @throws the system's error, when something cannot be removed
 */
export async function removeTree(path: string): Promise<void> {
  if (!(await removeAtOnce(path))) removeByHand(path);
}

/** The same, name by name: for what has few of them. */
export function removeByHand(path: string): void {
  try {
    nodeFs().rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test(systemCodeOf(error))) throw error;
    makeWritable(Buffer.from(path));
    nodeFs().rmSync(path, { recursive: true, force: true });
  }
}

/** False where the file system has no such request, or refuses it: a part may be gone then. */
async function removeAtOnce(path: string): Promise<boolean> {
  const stat = lstatSync(path);
  if (stat?.isDirectory() !== true) return false;
  const type = statfsSync(path).type >>> 0;
  const isSubvolume = type === BTRFS && stat.inode === SUBVOLUME_INODE;
  if (!isSubvolume && (type !== FUSE || juiceWay() !== "direct")) return false;
  const at = openFolder(AT_FDCWD, fromText(`${dirname(path)}/.`));
  const place = { at, name: fromText(basename(path)) };
  try {
    return await (isSubvolume ? removeSubvolume(place) : removeByJuice(place));
  } catch {
    return false; // Whatever it was: name by name it succeeds, or says why not.
  } finally {
    closeFd(at);
  }
}

async function removeSubvolume({ at, name }: Place): Promise<boolean> {
  const { deleteSubvolume } = await import("./btrfs/delete-subvolume.ts");
  deleteSubvolume(at, name);
  return true;
}

async function removeByJuice(place: Place): Promise<boolean> {
  const { findVolumeOf } = await import("./juicefs/juice-volume.ts");
  const volume = findVolumeOf(place.at);
  if (volume === undefined) return false;
  const juice = await import("./juicefs/remove-tree.ts");
  await juice.removeTree(volume, { place });
  return true;
}

/** A copied folder has the mode of its original, which may forbid to remove what is in it. */
function makeWritable(folder: Buffer): void {
  const { chmodSync, readdirSync } = nodeFs();
  if (lstatSync(folder)?.isDirectory() !== true) return;
  chmodSync(folder, 0o700);
  // Bun gives bare names here even where entries with their types are asked for.
  for (const name of readdirSync(folder, { encoding: "buffer" }))
    makeWritable(Buffer.concat([folder, Buffer.from("/"), name]));
}
