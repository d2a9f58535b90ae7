import { basename, dirname } from "node:path";
import { closeFd, openFolder } from "../fs/at.ts";
import { snapshotSubvolume } from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { removeTree } from "../fs/remove-tree.ts";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { JvsError } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import {
  CONTROL_FOLDER,
  openWorkspaceFolder,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import { btrfsSnapshotEngine } from "./btrfs-snapshot.ts";
import type { EngineName } from "./engine.ts";
import { juicefsCloneEngine } from "./juicefs-clone.ts";

/** How a folder was copied. */
export interface FolderClone {
  readonly by: EngineName;
  /** Whether names that share a file do so in the copy. */
  readonly keepsLinks: boolean;
}

/** A workspace that somebody works in. */
export interface LiveClone {
  readonly workspace: WorkspaceFolder;
  readonly scan: Scan;
  readonly trustBefore: number;
  /** The control folder. */
  readonly control: string;
  /** Where the copy goes; nothing is there. */
  readonly target: string;
  readonly progress: Progress;
}

const BY_SUBVOLUME: FolderClone = { by: "btrfs-snapshot", keepsLinks: true };
const BY_JUICE: FolderClone = { by: "juicefs-clone", keepsLinks: false };

/**
 * Copies a workspace by one act of the file system that costs nothing for content; undefined, and
 * nothing is left, where it has none or refuses. What a tree does not keep because of rules, and what
 * jvs itself keeps in a workspace, is left out.
 *
 * @throws E_INTERRUPTED
 */
export async function cloneLive(order: LiveClone): Promise<FolderClone | undefined> {
  const { workspace, control, target } = order;
  const place = { workspace: workspace.path, control };
  const subvolume = btrfsSnapshotEngine.probe(place);
  if (subvolume.usable && subvolume.drawback === undefined)
    return await attempt(target, () => snapshotLive(order));
  const juice = juicefsCloneEngine.probe({ ...place, control: dirname(target) });
  if (!juice.usable) return undefined;
  return await attempt(target, async () => {
    const { fillJuiceSlot } = await import("./fill-juicefs-slot.ts");
    await fillJuiceSlot({ ...order, slot: target });
    return BY_JUICE;
  });
}

/** The same of a snapshot's folder, which the engine `by` has made. */
export async function cloneSlot(
  slot: string,
  { by, target, progress }: { by: string; target: string; progress: Progress },
): Promise<FolderClone | undefined> {
  using folder = openWorkspaceFolder(slot);
  if (by === BY_SUBVOLUME.by)
    return await attempt(target, () => {
      snapshotTo(folder, target, [CONTROL_FOLDER]);
      return BY_SUBVOLUME;
    });
  const place = { workspace: slot, control: dirname(target) };
  if (by !== BY_JUICE.by || !juicefsCloneEngine.probe(place).usable) return undefined;
  return await attempt(target, async () => {
    const { cloneOne } = await import("./fill-juicefs-slot.ts");
    await cloneOne(slot, target, progress);
    return BY_JUICE;
  });
}

async function attempt<T>(target: string, clone: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await clone();
  } catch (error) {
    await removeTree(target);
    if (error instanceof JvsError && error.code === "E_INTERRUPTED") throw error;
    return undefined; // Whatever it was: what is written file by file has it too, or does without.
  }
}

function snapshotLive({ workspace, scan, target }: LiveClone): FolderClone {
  snapshotTo(workspace, target, [...ownNames(scan), ...ignoredPaths(scan)]);
  return BY_SUBVOLUME;
}

/** Names at the top that are no content: the control folder, or a pointer to it, and staging. */
function ownNames({ table }: Scan): RawPath[] {
  const first = table.firstChild[0] as number;
  return Array.from({ length: table.childCount[0] as number }, (_, at) => first + at)
    .filter((row) => table.kind[row] === KIND.gone)
    .map((row) => table.nameOf(row));
}

function snapshotTo(source: WorkspaceFolder, target: string, leftOut: readonly RawPath[]): void {
  if (!onSameFileSystem(source.path, dirname(target)))
    throw new JvsError("Cannot copy the subvolume: the copy would be on another file system", {
      code: "E_ENGINE_UNUSABLE",
    });
  const parent = openFolder(AT_FDCWD, fromText(`${dirname(target)}/.`));
  try {
    const place = { at: parent, name: fromText(basename(target)) };
    snapshotSubvolume(source.fd, place, { readOnly: false });
    const copy = openFolder(place.at, place.name);
    try {
      removeBelow(copy, leftOut);
    } finally {
      closeFd(copy);
    }
  } finally {
    closeFd(parent);
  }
}
