import type { Entry } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import type { Action } from "../tree/apply/plan-actions.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { isWorn } from "../tree/scan-touched.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { isLittle } from "../tree/touched.ts";
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
}

/** Fewer files than this are read again sooner than the workspace is walked for them. */
const WORTH_A_WALK = 64;

/**
 * After a restore: remembers what was written, so that the next command does not read it again, and
 * finds an index that is as the snapshot. The restore is done; nothing stops it any more.
 */
export async function refreshIndex(work: Written): Promise<void> {
  const { workspace, folder, table, actions } = work;
  const written = new Map<RawPath, Entry>();
  for (const action of actions) if (action.kind === "place") written.set(action.path, action.entry);
  const how = { trustBefore: trustedBefore(folder, Date.now()), progress: SILENT };
  const { generation, frozen } = table;
  const scan = await scanWritten(work, written.size, how);
  if (scan === undefined) return;
  Object.assign(scan.table, { generation, frozen });
  const rest = adoptEntries(scan, written);
  const options = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, rest, { ...options, ...how });
  sealTree(scan, HASH_ONLY.put, false);
  doubtStored(workspace, scan.table);
  saveIndex(workspace, scan.table);
}

/** Scans what was written, or all of it; undefined where neither is worth it. */
async function scanWritten(
  { folder, table, actions }: Written,
  files: number,
  how: HowToScan,
): Promise<Scan | undefined> {
  const touched = { paths: actions.map(({ path }) => path), trees: [] };
  if (table.mappedFd === undefined) noteUnsettled(table);
  if (isWorn(table) || !isLittle(table, touched))
    return files < WORTH_A_WALK ? undefined : await scanFolder(folder, { ...how, index: table });
  return paysToRemember(table, files)
    ? await scanFolderTouched(folder, { ...how, index: table, touched })
    : undefined;
}
