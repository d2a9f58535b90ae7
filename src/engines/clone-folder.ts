import { basename, dirname } from "node:path";
import { closeFd, openFolder } from "../fs/at.ts";
import { snapshotSubvolume, subvolumeOf } from "../fs/btrfs/subvolume.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { removeTree } from "../fs/remove-tree.ts";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { JvsError } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import type { Touched } from "../tree/touched.ts";
import {
  CONTROL_FOLDER,
  openWorkspaceFolder,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import { btrfsSnapshotEngine } from "./btrfs-snapshot.ts";
import type { EngineName, EnginePlace } from "./engine.ts";
import { juicefsCloneEngine } from "./juicefs-clone.ts";
import { subvolumeKey, touchedSince } from "./subvolume-history.ts";

/** How a folder was copied. */
export interface FolderClone {
  readonly by: EngineName;
  /** Whether names that share a file do so in the copy. */
  readonly keepsLinks: boolean;
  /** Where the file system keeps account of changes; inodes and times are then those of the original. */
  readonly history?: CopyHistory;
}

/** How a copy came to be, in the account of its file system. */
export interface CopyHistory {
  /** The workspace of which it is a copy, or a copy of a copy, and the last generation that it has of it. */
  readonly from: FrozenToken;
  /** The copy itself, before anything was done to it. */
  readonly made: FrozenToken;
  /** What was copied is the folder of a snapshot, to which nothing was done since that was made. */
  readonly isOfUntouched: boolean;
  /**
   * What in the copy is of a later generation, and what was left out; undefined where the user may
   * not ask.
   *
   * @throws SystemError
   */
  changedSince(generation: number): Touched | undefined;
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

const BY_SUBVOLUME = { by: "btrfs-snapshot", keepsLinks: true } as const;
const BY_JUICE = { by: "juicefs-clone", keepsLinks: false } as const;

/** Whether a workspace can be copied into the folder `control` by one act of the file system that costs nothing for content. */
export function canCloneLive(place: EnginePlace, target: string): boolean {
  return canSnapshot(place) || juicefsCloneEngine.probe(juicePlace(place, target)).usable;
}

function canSnapshot(place: EnginePlace): boolean {
  const probe = btrfsSnapshotEngine.probe(place);
  return probe.usable && probe.drawback === undefined;
}

function juicePlace(place: EnginePlace, target: string): EnginePlace {
  return { ...place, control: dirname(target) };
}

/**
 * Copies a workspace, see {@link canCloneLive}; undefined, and nothing is left, where the file system
 * cannot or refuses. What a tree does not keep because of rules, and what jvs itself keeps in a
 * workspace, is left out.
 *
 * @throws E_INTERRUPTED
 */
export async function cloneLive(order: LiveClone): Promise<FolderClone | undefined> {
  const { workspace, control, target } = order;
  const place = { workspace: workspace.path, control };
  if (canSnapshot(place)) return await attempt(target, () => snapshotLive(order));
  if (!juicefsCloneEngine.probe(juicePlace(place, target)).usable) return undefined;
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
    return await attempt(target, () => snapshotTo(folder, target, [CONTROL_FOLDER]));
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
  return snapshotTo(workspace, target, [...ownNames(scan), ...ignoredPaths(scan)]);
}

/** Names at the top that are no content: the control folder, or a pointer to it, and staging. */
function ownNames({ table }: Scan): RawPath[] {
  const first = table.firstChild[0] as number;
  return Array.from({ length: table.childCount[0] as number }, (_, at) => first + at)
    .filter((row) => table.kind[row] === KIND.gone)
    .map((row) => table.nameOf(row));
}

function snapshotTo(
  source: WorkspaceFolder,
  target: string,
  leftOut: readonly RawPath[],
): FolderClone {
  if (!onSameFileSystem(source.path, dirname(target)))
    throw new JvsError("Cannot copy the subvolume: the copy would be on another file system", {
      code: "E_ENGINE_UNUSABLE",
    });
  using parent = openWorkspaceFolder(dirname(target));
  const place = { at: parent.fd, name: fromText(basename(target)) };
  snapshotSubvolume(source.fd, place, { readOnly: false });
  const copy = openFolder(place.at, place.name);
  try {
    removeBelow(copy, leftOut);
    const changedSince = (since: number) => touchedIn(target, { since, leftOut });
    return { ...BY_SUBVOLUME, history: { ...historyOf(source.fd, copy), changedSince } };
  } finally {
    closeFd(copy);
  }
}

/** A folder of a snapshot is a copy itself, in which nothing is newer than it. */
function historyOf(source: number, copy: number): Omit<CopyHistory, "changedSince"> {
  const { uuid, sourceUuid, createdIn: generation, isReadOnly } = subvolumeOf(source);
  const info = subvolumeOf(copy);
  const made = { subvolume: subvolumeKey(info.uuid), generation: info.createdIn };
  if (!isReadOnly || sourceUuid === undefined)
    return { from: { ...made, subvolume: subvolumeKey(uuid) }, made, isOfUntouched: false };
  const from = { subvolume: subvolumeKey(sourceUuid), generation };
  const touched = touchedSince(source, generation);
  return { from, made, isOfUntouched: touched !== undefined && isNothing(touched) };
}

function isNothing({ paths, trees }: Touched): boolean {
  return [...paths].length + [...trees].length === 0;
}

/** What was removed from the copy just now may not be in the file system's account yet. */
function touchedIn(
  target: string,
  { since, leftOut }: { since: number; leftOut: readonly RawPath[] },
): Touched | undefined {
  using folder = openWorkspaceFolder(target);
  const touched = touchedSince(folder.fd, since);
  return touched && { ...touched, paths: [...touched.paths, ...leftOut] };
}
