import type { Loss } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import { readGeneration } from "../repo/generation.ts";
import { takeLookAhead } from "../repo/look-ahead.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { indexBehind } from "../tree/index-file.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { isWorn } from "../tree/scan-touched.ts";
import { sealTree, type TreeState } from "../tree/seal-tree.ts";
import type { Touched } from "../tree/touched.ts";
import {
  canBeWatched,
  compareFolder,
  openWorkspaceFolder,
  scanFolder,
  scanFolderTouched,
  touchedFrom,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { mapCurrentIndex } from "./map-current-index.ts";
import { loadIndex, type Workspace } from "./open-workspace.ts";
import { rememberLook } from "./remember-scan.ts";
import { askWatcher, type WatchedWorkspace } from "./watch/touched-workspace.ts";

/** The workspace as it is now, its content named but not stored. */
export interface SeenState {
  readonly scan: Scan;
  /** What it was when the index was written, where there was one. */
  readonly before: ScanTable | undefined;
  readonly losses: readonly Loss[];
}

/** The same with its folders named, too. */
export interface LiveState extends SeenState {
  readonly tree: TreeState;
}

/** Looks at the workspace and stores nothing; files that changed are read to name their content. */
export async function readLiveState(ctx: Context, workspace: Workspace): Promise<LiveState> {
  return nameFolders(await lookAtWorkspace(ctx, workspace));
}

/** Names the folders of a state; for one that has them named, costs nothing. */
export function nameFolders(seen: SeenState): LiveState {
  return { ...seen, tree: sealTree(seen.scan, HASH_ONLY.put, false) };
}

/** As {@link readLiveState}, for those who may do without the names of folders. */
export async function lookAtWorkspace(ctx: Context, workspace: Workspace): Promise<SeenState> {
  using folder = openWorkspaceFolder(workspace.path);
  const { scan, index, wasWorn, trustBefore } = await walk(ctx, workspace, folder);
  await readChanged(scan, scan.changed, {
    root: folder.fd,
    sink: HASH_ONLY,
    stores: false,
    allowUnstable: true,
    trustBefore,
    progress: ctx.progress,
  });
  const before = index ?? indexBehind(scan.table);
  rememberLook(workspace, scan, wasWorn);
  return { scan, before, losses: scan.losses };
}

export interface Walk {
  readonly scan: Scan;
  /** What the scan was held against, where that is another table. */
  readonly index: ScanTable | undefined;
  /** Whether that has so many dead rows that it is to be written anew, whatever was found. */
  readonly wasWorn: boolean;
  readonly trustBefore: number;
}

/** Scans the workspace: what a watcher says was touched, or all of it against the index. */
export async function walk(
  ctx: Context,
  workspace: Workspace,
  folder: WorkspaceFolder,
): Promise<Walk> {
  const { progress } = ctx;
  const trustBefore = trustedBefore(folder, Date.now());
  // Asked before anything is looked at: whatever is touched from now on is touched the next time, too.
  const watched = askWatcher(workspace, folder);
  const how = { trustBefore, progress };
  const quick = await scanWatched(watched, folder, how);
  const { scan, index } =
    (quick && { scan: quick, index: undefined }) ??
    // A watcher that can tell from now on wants an index of now.
    (watched?.token === undefined ? await scanMarked(workspace, folder, how) : undefined) ??
    (await scanAll(workspace, folder, how));
  const token = watched?.token;
  scan.table.token =
    quick === undefined && token !== undefined ? { ...token, walkedAt: trustBefore } : token;
  if (ctx.watch === "auto" && token === undefined && canBeWatched(folder)) {
    const { startWhereUseful } = await import("./watch/start-watcher.ts");
    startWhereUseful(ctx, workspace, scan.entries);
  }
  return { scan, index, wasWorn: index !== undefined && isWorn(index), trustBefore };
}

export type HowToScan = { readonly trustBefore: number; readonly progress: Progress };

async function scanWatched(
  watched: WatchedWorkspace | undefined,
  folder: WorkspaceFolder,
  how: HowToScan,
): Promise<Scan | undefined> {
  if (watched?.touched === undefined) return undefined;
  const { index, paths } = watched.touched;
  return await scanMapped(folder, index, { ...how, touched: paths });
}

/**
 * The same where nobody watches: each row is held against the kernel first. Where much was touched,
 * all is walked against the index in its file.
 */
async function scanMarked(
  { repo, worktree }: Workspace,
  folder: WorkspaceFolder,
  how: HowToScan,
): Promise<Pick<Walk, "scan" | "index"> | undefined> {
  using ahead = takeLookAhead(repo, worktree.name, folder);
  const index = ahead?.index ?? mapCurrentIndex(repo, worktree.name);
  const begun = ahead?.comparison;
  const marks = index && (await compareFolder(folder, index, { ...how, begun }));
  if (index === undefined || marks === undefined) {
    if (index !== undefined) releaseIndex(index);
    return undefined;
  }
  const touched = isWorn(index) ? undefined : touchedFrom(index, marks);
  if (touched === undefined)
    return scannedAgainst(index, await scanFolder(folder, { ...how, index, marks, forgets: true }));
  const scan = await scanMapped(folder, index, { ...how, touched });
  return scan && { scan, index: undefined };
}

async function scanMapped(
  folder: WorkspaceFolder,
  index: ScanTable,
  how: HowToScan & { readonly touched: Touched },
): Promise<Scan | undefined> {
  const scan = await scanFolderTouched(folder, { ...how, index });
  if (scan === undefined) releaseIndex(index);
  return scan;
}

/** Scans the workspace, or a folder that was made of it, against the index. */
export async function scanAll(
  workspace: Workspace,
  folder: WorkspaceFolder,
  how: HowToScan,
): Promise<Pick<Walk, "scan" | "index">> {
  const index = loadIndex(workspace);
  // Read before anything is stored: what a sweep takes meanwhile is looked up again.
  const generation = readGeneration(workspace.repo) ?? 0;
  const scan = await scanFolder(folder, { ...how, index });
  if (index !== undefined) return scannedAgainst(index, scan);
  scan.table.generation = generation;
  return { scan, index };
}

function scannedAgainst(index: ScanTable, scan: Scan): Pick<Walk, "scan" | "index"> {
  const { generation, frozen, token } = index;
  Object.assign(scan.table, { generation, frozen, token });
  return { scan, index };
}
