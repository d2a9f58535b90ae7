import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { closeFd, openFolder } from "../fs/at.ts";
import {
  type Converted,
  convertToSubvolume,
  findConversionLeftovers,
} from "../fs/btrfs/convert-to-subvolume.ts";
import { deleteSubvolume } from "../fs/btrfs/delete-subvolume.ts";
import { inFolder, isSubvolumeAt } from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { fileSystemOf } from "../fs/mounts.ts";
import { type ProcessAt, processesIn } from "../fs/processes.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { explainError, JvsError } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { fromText, type RawPath, toText } from "../model/raw-path.ts";
import { holdNewRepo } from "./hold-new-repo.ts";

/** What became of a folder that was made a subvolume. */
export interface FolderConversion {
  /** Where the folder that was there before is, and why it had to be kept. */
  readonly kept: { readonly path: string; readonly why: string } | undefined;
  /** What changed in that one too late to be in the subvolume. */
  readonly late: readonly RawPath[];
  /** Files that have names outside of the folder too: they are two files now. */
  readonly parted: readonly RawPath[];
  /** Who stands in the folder that was there before, which is gone unless it was kept. */
  readonly processes: readonly ProcessAt[];
}

/**
 * Makes a folder a subvolume of btrfs, before there is any repository in it. What killed attempts left
 * half-made beside it goes.
 *
 * @returns undefined when it is one already
 * @throws E_ENGINE_UNUSABLE where this is not btrfs; E_EXISTS for a `.jvs` that is there; E_LOCKED; and
 *   what {@link convertToSubvolume} throws. Then the folder is as it was.
 */
export async function convertFolder(
  folder: string,
  progress: Progress,
): Promise<FolderConversion | undefined> {
  const root = realpathSync(folder);
  const type = fileSystemOf(root);
  if (type !== "btrfs") throw notHere(root, type);
  using _ = holdNewRepo(root);
  const name = fromText(basename(root));
  return await withParent(root, async (parent) => {
    if (name === "" || isSubvolumeAt(parent, name)) return undefined;
    for (const left of findConversionLeftovers(parent, name))
      if (left.isClone) deleteSubvolume(parent, left.name);
    const converted = await convertToSubvolume(parent, name, { progress });
    return leaveFormer(parent, dirname(root), converted);
  });
}

/** Removes the folder that was there before, unless something may be in it alone. */
function leaveFormer(
  parent: number,
  place: string,
  { former, late, parted }: Converted,
): FolderConversion {
  const path = `${place}/${toText(former)}`;
  const processes = processesIn(path);
  const why = late.length > 0 ? "it changed meanwhile" : removeFormer(parent, former);
  return { kept: why === undefined ? undefined : { path, why }, late, parted, processes };
}

/** Says why it cannot be removed: the subvolume has its place in any case. */
function removeFormer(parent: number, name: RawPath): string | undefined {
  try {
    removeBelow(parent, [name]);
    return undefined;
  } catch (error) {
    return (explainError(error) as Error).message;
  }
}

async function withParent<T>(root: string, work: (parent: number) => Promise<T>): Promise<T> {
  const parent = openFolder(AT_FDCWD, fromText(dirname(root)));
  try {
    return await work(parent);
  } finally {
    closeFd(parent);
  }
}

/** What is left of a conversion beside a folder, by its full path. */
export interface LeftConversion {
  readonly path: string;
  /** A clone that never took its place; else it is the folder that was there before, whole. */
  readonly isClone: boolean;
}

/** Looks for what conversions of the folder left, killed ones or such as were told to keep it. */
export function listLeftConversions(root: string): LeftConversion[] {
  if (fileSystemOf(dirname(root)) !== "btrfs") return [];
  return inFolder(AT_FDCWD, fromText(`${dirname(root)}/.`), (parent) =>
    findConversionLeftovers(parent, fromText(basename(root))).map(({ name, isClone }) => ({
      path: `${dirname(root)}/${toText(name)}`,
      isClone,
    })),
  );
}

function notHere(root: string, type: string): JvsError {
  const why = `it lies on ${type}, and only btrfs has subvolumes`;
  return new JvsError(`Cannot make "${root}" a subvolume: ${why}`, {
    code: "E_ENGINE_UNUSABLE",
    hint: "Run `jvs init` without --subvolume, or move the folder to a btrfs file system",
    details: { path: root, why },
  });
}
