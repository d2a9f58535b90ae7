import { closeFd, openFolder, statFd } from "../fs/at.ts";
import { realpathSync } from "../fs/files.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { isKernelTimed, mayShareBlocks, mountsBelow } from "../fs/mounts.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import type { Progress } from "../model/progress.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { type CompareOptions, compareRows, touchedBy } from "./compare-rows.ts";
import { scanWorkspace } from "./scan.ts";
import type { Scan, ScanOptions } from "./scan-result.ts";
import type { ScanTable } from "./scan-table.ts";
import { scanTouched } from "./scan-touched.ts";
import type { Touched } from "./touched.ts";

/** An open workspace: everything below is reached through it, and nothing outside can be. */
export interface WorkspaceFolder extends Disposable {
  readonly path: string;
  readonly fd: number;
}

/** @throws SystemError when it is not there or may not be opened */
export function openWorkspaceFolder(path: string): WorkspaceFolder {
  // The way to the workspace may lead through links: they are the user's own. Below it none is followed.
  const fd = openFolder(AT_FDCWD, fromText(realpathSync(path)));
  return { path, fd, [Symbol.dispose]: () => closeFd(fd) };
}

/** The control folder's name, which is no content where it stands in the workspace. */
export const CONTROL_FOLDER: RawPath = fromText(".jvs");

/** Times younger than this may still be given to another change: one timer tick, or a server's clock. */
const LOCAL_TICK_SECONDS = 0.02;
const REMOTE_TICK_SECONDS = 3;

/** Scans the workspace; see scanWorkspace. `now` in milliseconds since 1970, taken before the scan. */
export function scanFolder(
  workspace: WorkspaceFolder,
  options: Pick<ScanOptions, "index" | "marks" | "forgets" | "progress" | "trustBefore" | "copyOf">,
): Promise<Scan> {
  return scanWorkspace({ root: workspace.fd, skip: CONTROL_FOLDER, ...options });
}

/** Scans what was touched since the index was written; see scanTouched. */
export function scanFolderTouched(
  workspace: WorkspaceFolder,
  options: { index: ScanTable; touched: Touched; progress: Progress; trustBefore: number },
): Promise<Scan | undefined> {
  return scanTouched({ root: workspace.fd, skip: CONTROL_FOLDER, ...options });
}

/** Holds every row of the index against the workspace; see compareRows. */
export function compareFolder(
  workspace: WorkspaceFolder,
  index: ScanTable,
  how: Omit<CompareOptions, "root">,
): Promise<Uint8Array | undefined> {
  return compareRows(index, { root: workspace.fd, ...how });
}

/** What of the workspace the marks of {@link compareFolder} tell; undefined where it is much. */
export function touchedFrom(index: ScanTable, marks: Uint8Array): Touched | undefined {
  return touchedBy(index, marks, CONTROL_FOLDER);
}

/** Which folder this is, whatever its name: `<device>:<inode>`. */
export function identityOf(workspace: WorkspaceFolder): string {
  const stat = new StatBuffer();
  statFd(workspace.fd, stat);
  const { devMajor, devMinor, inoHigh, inoLow } = stat;
  return [devMajor, devMinor, inoHigh, inoLow].join(":");
}

/**
 * Whether all that changes in the workspace is an event of this kernel: it is on no other machine,
 * and nothing is mounted in it, which is no event, and may be so for this process alone.
 */
export function canBeWatched({ fd, path }: WorkspaceFolder): boolean {
  if (!isKernelTimed(fd)) return false;
  const real = realpathSync(path);
  return mountsBelow(real).every((point) => point === real);
}

/** Whether files in it may come to share blocks with others; where they cannot, nobody need try. */
export function canShareBlocks({ fd }: WorkspaceFolder): boolean {
  return mayShareBlocks(fd);
}

/** Seconds since 1970 from which on a file's times prove nothing (docs/format.md, "Stat index"). */
export function trustedBefore(workspace: WorkspaceFolder, nowMs: number): number {
  return nowMs / 1000 - (isKernelTimed(workspace.fd) ? LOCAL_TICK_SECONDS : REMOTE_TICK_SECONDS);
}

/** Who owns the folder at `path`. */
export function ownerOfFolder(path: string): { uid: number; gid: number } {
  using folder = openWorkspaceFolder(path);
  const stat = new StatBuffer();
  statFd(folder.fd, stat);
  return { uid: stat.uid, gid: stat.gid };
}
