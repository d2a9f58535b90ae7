import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import { adoptFolders } from "../tree/adopt-folders.ts";
import type { Action } from "../tree/apply/action.ts";
import { noteReplaced } from "../tree/apply/note-replaced.ts";
import { PlacedFiles } from "../tree/apply/placed-files.ts";
import type { PlannedActions } from "../tree/apply/planned-actions.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import type { ComparedFolder } from "../tree/diff-trees.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { isWorn } from "../tree/scan-touched.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { splitPath } from "../tree/split-path.ts";
import { isFew, isLittle } from "../tree/touched.ts";
import { noteUnsettled } from "../tree/unsettled-rows.ts";
import {
  scanFolder,
  scanFolderTouched,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import { doubtStored } from "./doubt-stored.ts";
import type { HowToScan } from "./live-state.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";
import { paysToRemember } from "./remember-scan.ts";

/** A workspace that was just written to. */
export interface Written {
  readonly workspace: Workspace;
  readonly folder: WorkspaceFolder;
  /** What was there before. */
  readonly table: ScanTable;
  readonly actions: PlannedActions;
  /** What of the target was held against `table`; see planMove. */
  readonly compared: ReadonlyMap<RawPath, ComparedFolder>;
  /** How much of the workspace had to be read, which no index may tell yet. */
  readonly readBefore: number;
  /** What did not go as planned. */
  readonly issues: readonly RestoreIssue[];
}

/** Fewer files than this are read again sooner than the workspace is walked for them. */
const WORTH_A_WALK = 64;

/**
 * After a restore: remembers what was written, so that the next command does not read it again, and
 * finds an index that is as the snapshot. The restore is done; nothing stops it any more.
 */
export async function refreshIndex(work: Written): Promise<void> {
  const { workspace, folder, table } = work;
  const placed = new PlacedFiles(work.actions, work.issues);
  const owner = ownerOf(table);
  const how = { trustBefore: trustedBefore(folder, Date.now()), progress: SILENT };
  const { generation, frozen } = table;
  const scan = await scanWritten(work, placed, how);
  if (scan === undefined) return;
  Object.assign(scan.table, { generation, frozen });
  const rest = adoptEntries(scan, placed);
  const options = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, rest, { ...options, ...how });
  // Lines tell who owns a thing where that is not who owns the root.
  if (ownerOf(scan.table) === owner) adoptFolders(scan, work.compared);
  sealTree(scan, HASH_ONLY.put, false);
  doubtStored(workspace, scan.table);
  saveIndex(workspace, scan.table);
}

function ownerOf({ uid, gid }: ScanTable): string {
  return `${uid[0]}:${gid[0]}`;
}

/** A folder in which names moved has other times: it is listed again, lest the next command has to. */
function touchedPaths(actions: Iterable<Action>): Set<RawPath> {
  const paths = new Set<RawPath>();
  for (const { path } of actions) paths.add(path).add(splitPath(path).folder);
  return paths;
}

/** Scans what was written, or all of it; undefined where neither is worth it. */
async function scanWritten(
  work: Written,
  placed: PlacedFiles,
  how: HowToScan,
): Promise<Scan | undefined> {
  const { folder, table, actions, readBefore } = work;
  if (table.mappedFd === undefined) noteUnsettled(table);
  const isMuch = isWorn(table) || !isFew(table, actions.length);
  const touched = { paths: isMuch ? [] : touchedPaths(actions), trees: [] };
  if (isMuch || !isLittle(table, touched))
    return placed.count < WORTH_A_WALK ? undefined : await scanMuch(work, placed, how);
  return paysToRemember(table, placed.count + readBefore)
    ? await scanFolderTouched(folder, { ...how, index: table, touched })
    : undefined;
}

/** Of most files nothing but their content changed: these are noted in the table, and what is left is scanned. */
async function scanMuch(
  { folder, table, actions }: Written,
  placed: PlacedFiles,
  how: HowToScan,
): Promise<Scan | undefined> {
  const options = { root: folder.fd, trustBefore: how.trustBefore, placed };
  const noted = isWorn(table) ? undefined : noteReplaced(table, actions, options);
  const touched = { paths: noted?.paths ?? [], trees: [] };
  const scan =
    noted !== undefined && isLittle(table, touched)
      ? await scanFolderTouched(folder, { ...how, index: table, touched })
      : await scanFolder(folder, { ...how, index: table });
  if (scan !== undefined) noted?.markDirty(scan);
  return scan;
}
