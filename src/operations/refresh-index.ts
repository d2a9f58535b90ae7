import type { Entry } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import { adoptFolders } from "../tree/adopt-folders.ts";
import type { Action } from "../tree/apply/plan-actions.ts";
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
  readonly actions: readonly Action[];
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
  const written = writtenEntries(work);
  const owner = ownerOf(table);
  const how = { trustBefore: trustedBefore(folder, Date.now()), progress: SILENT };
  const { generation, frozen } = table;
  const scan = await scanWritten(work, written.size, how);
  if (scan === undefined) return;
  Object.assign(scan.table, { generation, frozen });
  const rest = adoptEntries(scan, written);
  const options = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, rest, { ...options, ...how });
  // Lines tell who owns a thing where that is not who owns the root.
  if (ownerOf(scan.table) === owner) adoptFolders(scan, work.compared);
  sealTree(scan, HASH_ONLY.put, false);
  doubtStored(workspace, scan.table);
  saveIndex(workspace, scan.table);
}

/** What was placed, as it should be now; what the system refused a part of is to be read. */
function writtenEntries({ actions, issues }: Written): Map<RawPath, Entry> {
  const troubled = new Set<string>(issues.map(({ path }) => path));
  const written = new Map<RawPath, Entry>();
  for (const action of actions)
    if (action.kind === "place" && !(troubled.size > 0 && troubled.has(toText(action.path))))
      written.set(action.path, action.entry);
  return written;
}

function ownerOf({ uid, gid }: ScanTable): string {
  return `${uid[0]}:${gid[0]}`;
}

/** A folder in which names moved has other times: it is listed again, lest the next command has to. */
function touchedPaths(actions: readonly Action[]): Set<RawPath> {
  return new Set(actions.flatMap(({ path }) => [path, splitPath(path).folder]));
}

/** Scans what was written, or all of it; undefined where neither is worth it. */
async function scanWritten(
  { folder, table, actions, readBefore }: Written,
  files: number,
  how: HowToScan,
): Promise<Scan | undefined> {
  if (table.mappedFd === undefined) noteUnsettled(table);
  const isMuch = isWorn(table) || !isFew(table, actions.length);
  const touched = { paths: isMuch ? [] : touchedPaths(actions), trees: [] };
  if (isMuch || !isLittle(table, touched))
    return files < WORTH_A_WALK ? undefined : await scanFolder(folder, { ...how, index: table });
  return paysToRemember(table, files + readBefore)
    ? await scanFolderTouched(folder, { ...how, index: table, touched })
    : undefined;
}
