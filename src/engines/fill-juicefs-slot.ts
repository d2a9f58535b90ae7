import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  closeFd,
  openFolder,
  type Place,
  setOpenMode,
  setOpenOwner,
  statAt,
  statFd,
} from "../fs/at.ts";
import { cloneByWay } from "../fs/juicefs/clone-by-way.ts";
import { flushOpenFiles } from "../fs/juicefs/flush-open-files.ts";
import { findVolumeOf, type JuiceVolume } from "../fs/juicefs/juice-volume.ts";
import { filesOpenForWriting } from "../fs/juicefs/open-writers.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import { readXattrs, writeXattrs } from "../fs/xattrs.ts";
import type { Loss } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { lossOf } from "../tree/loss-of.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { KIND, type ScanTable } from "../tree/scan-table.ts";
import { CONTROL_FOLDER } from "../tree/workspace-folder.ts";
import type { FilledSlot } from "./capture-slot.ts";
import type { CaptureInput } from "./engine.ts";
import { makeSlotFolder, makeSlotsFolder } from "./make-slot-folder.ts";

const HERE = "." as RawPath;
/** Requests that the mount is given at the same time: it is at work on four entries of each. */
const AT_ONCE = 4;

/** What is copied, and where to. */
export type FillOrder = Pick<
  CaptureInput,
  "workspace" | "scan" | "slot" | "trustBefore" | "progress"
>;

/** Mounts give up what they hold of an idle file after 5 to 6 s; clocks differ. */
const IDLE_SECONDS = 12;

/**
 * Fills the slot by clones of the mount: all of the workspace by one, or, where it holds the control
 * folder or ignored content at its top, each name there by one.
 *
 * @throws E_ENGINE_UNUSABLE where another engine is needed, and what {@link cloneByWay} throws
 */
export async function fillJuiceSlot(input: FillOrder): Promise<FilledSlot> {
  const { scan } = input;
  refuseDenied(scan);
  const unflushed = flush(input);
  await (isWhole(scan.table) ? cloneWhole : cloneNames)(input);
  leaveOut(input);
  return { losses: unflushed, hasMetadata: true, bytes: 0, mayBeShort: true };
}

/** JuiceFS copies all or nothing, and for others than root nothing where one entry is closed to them. */
function refuseDenied({ table, losses }: Scan): void {
  const uid = process.geteuid?.() ?? 0;
  if (uid === 0) return;
  const isForeign = table.uid.subarray(0, table.count).some((owner) => owner !== uid);
  const isClosed = losses.some(({ kind }) => kind === "unreadable");
  if (!isForeign && !isClosed) return;
  const why = isForeign ? "some of it belongs to somebody else" : "some of it may not be read";
  throw new JvsError(`Cannot clone the workspace by JuiceFS: ${why}`, {
    code: "E_ENGINE_UNUSABLE",
    hint: "Take the engine objects (JVS_SNAPSHOT_ENGINE=objects), which keeps what may be read; `auto` does so itself",
    details: { engine: "juicefs-clone", why },
  });
}

/** Brings into the volume what writers have not synced. */
function flush({ workspace, scan, trustBefore }: FillOrder): Loss[] {
  const paths = new Set(recentFiles(scan, trustBefore - IDLE_SECONDS));
  for (const path of filesOpenForWriting(fromText(realpathSync(workspace.path))))
    if (!isOurs(path)) paths.add(path);
  return flushOpenFiles(workspace.fd, paths).map(({ path, error }) =>
    lossOf(path, "unstable", `what was written to it last could not be synced: ${error.code}`),
  );
}

function isOurs(path: RawPath): boolean {
  return path === CONTROL_FOLDER || path.startsWith(`${CONTROL_FOLDER}/`);
}

function recentFiles({ changed, table }: Scan, since: number): RawPath[] {
  return changed
    .filter((row) => table.kind[row] === KIND.file && (table.mtimeSeconds[row] as number) >= since)
    .map((row) => table.pathOf(row));
}

/** Whether nothing at the top, such as the control folder, is to be left out. */
function isWhole(table: ScanTable): boolean {
  return rowsAtTop(table).every((row) => table.isKept(row) || table.kind[row] === KIND.lost);
}

/** Rows of the names right below the root. */
function rowsAtTop(table: ScanTable): number[] {
  const first = table.firstChild[0] as number;
  return Array.from({ length: table.childCount[0] as number }, (_, at) => first + at);
}

async function cloneWhole({ workspace, slot, progress }: FillOrder): Promise<void> {
  makeSlotsFolder(slot);
  await cloneOne(workspace.path, slot, progress);
}

/** Copies one folder as it is by one request. Throws as {@link fillJuiceSlot} does. */
export async function cloneOne(source: string, target: string, progress: Progress): Promise<void> {
  const real = realpathSync(source);
  using from = openedFolder(dirname(real));
  using to = openedFolder(dirname(target));
  await clonePlace(progress, {
    from: { at: from.fd, name: fromText(basename(real)) },
    to: { at: to.fd, name: fromText(basename(target)) },
  });
}

async function cloneNames(input: FillOrder): Promise<void> {
  const { workspace, slot, scan } = input;
  makeSlotFolder(slot);
  using to = openedFolder(slot);
  const { table } = scan;
  const rows = rowsAtTop(table).filter((row) => table.isKept(row));
  await someAtOnce(rows, async (row) => {
    const name = table.nameOf(row);
    await clonePlace(input.progress, { from: { at: workspace.fd, name }, to: { at: to.fd, name } });
  });
  copyRoot(workspace.fd, to.fd);
}

/** Does `act` for each, a few at a time. After the first that fails no more are begun. */
async function someAtOnce<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const rest = all.values();
  const work = async (): Promise<void> => {
    for (const one of rest) {
      if (failures.length > 0) return;
      await act(one).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw failures[0];
}

/** What has gone since it was scanned is not in the snapshot. */
async function clonePlace(
  progress: Progress,
  { from, to }: { from: Place; to: Place },
): Promise<void> {
  const volume = volumeOf(to.at);
  const other = volumeOf(from.at);
  const fromVolume = other.device === volume.device ? {} : { fromVolume: other };
  try {
    await cloneByWay(volume, { from, to, ...fromVolume, progress });
  } catch (error) {
    const isGone = !statAt(from.at, from.name, new StatBuffer());
    if (!isGone || (error as JvsError).code !== "E_IO") throw error;
  }
}

function volumeOf(fd: number): JuiceVolume {
  const volume = findVolumeOf(fd);
  if (volume !== undefined) return volume;
  throw new JvsError("Cannot clone by JuiceFS: the folder does not lie on it", {
    code: "E_ENGINE_UNUSABLE",
  });
}

function copyRoot(from: number, to: number): void {
  const stat = new StatBuffer();
  statFd(from, stat);
  const { uid, gid } = stat;
  if (process.geteuid?.() === 0) setOpenOwner(to, { uid, gid }, HERE);
  writeXattrs(to, HERE, readXattrs(from, HERE));
  setOpenMode(to, stat.mode & 0o7777, HERE);
}

/** What rules leave out of snapshots is in none, not even where nobody looks. */
function leaveOut({ slot, scan }: FillOrder): void {
  using copy = openedFolder(slot);
  const ignored = ignoredPaths(scan);
  if (ignored.length > 0) removeBelow(copy.fd, ignored);
}

function openedFolder(path: string): Disposable & { readonly fd: number } {
  const fd = openFolder(AT_FDCWD, fromText(`${path}/.`));
  return { fd, [Symbol.dispose]: () => closeFd(fd) };
}
