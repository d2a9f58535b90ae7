import type { Entry } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import type { Action } from "../tree/apply/plan-actions.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { scanFolder, trustedBefore, type WorkspaceFolder } from "../tree/workspace-folder.ts";
import { doubtStored } from "./doubt-stored.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";

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
 * After a large restore: remembers what was written, so that the next command does not read it all.
 * The restore is done; nothing stops it any more.
 */
export async function refreshIndex({ workspace, folder, table, actions }: Written): Promise<void> {
  const written = new Map<RawPath, Entry>();
  for (const action of actions) if (action.kind === "place") written.set(action.path, action.entry);
  if (written.size < WORTH_A_WALK) return;
  const progress = SILENT;
  const trustBefore = trustedBefore(folder, Date.now());
  const scan = await scanFolder(folder, { index: table, trustBefore, progress });
  scan.table.generation = table.generation;
  scan.table.frozen = table.frozen;
  const rest = adoptEntries(scan, written);
  const options = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, rest, { ...options, trustBefore, progress });
  sealTree(scan, HASH_ONLY.put, false);
  doubtStored(workspace, scan.table);
  saveIndex(workspace, scan.table);
}
