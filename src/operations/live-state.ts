import type { Loss } from "../model/entry.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import { sealTree, type TreeState } from "../tree/seal-tree.ts";
import {
  openWorkspaceFolder,
  scanFolder,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { loadIndex, saveIndex, type Workspace } from "./open-workspace.ts";

/** The workspace as it is now, named but not stored. */
export interface LiveState {
  readonly scan: Scan;
  readonly tree: TreeState;
  readonly losses: readonly Loss[];
}

/** Looks at the workspace and stores nothing; files that changed are read to name their content. */
export async function readLiveState(ctx: Context, workspace: Workspace): Promise<LiveState> {
  using folder = openWorkspaceFolder(workspace.path);
  const { scan, trustBefore } = await walk(ctx, workspace, folder);
  await readChanged(scan, scan.changed, {
    root: folder.fd,
    sink: HASH_ONLY,
    stores: false,
    allowUnstable: true,
    trustBefore,
    progress: ctx.progress,
  });
  const tree = sealTree(scan, HASH_ONLY.put, false);
  if (scan.changed.length > 0) saveIndex(workspace, scan.table);
  return { scan, tree, losses: scan.losses };
}

/** Walks the workspace against its index. */
export async function walk(
  ctx: Context,
  workspace: Workspace,
  folder: WorkspaceFolder,
): Promise<{ scan: Scan; trustBefore: number; hadIndex: boolean }> {
  const trustBefore = trustedBefore(folder, Date.now());
  const index = loadIndex(workspace);
  const scan = await scanFolder(folder, { index, trustBefore, progress: ctx.progress });
  scan.table.generation = index?.generation ?? 0;
  return { scan, trustBefore, hadIndex: index !== undefined };
}
