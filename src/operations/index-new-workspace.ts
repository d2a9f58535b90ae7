import { readGeneration } from "../repo/generation.ts";
import { markRacy } from "../tree/apply/written-table.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { openWorkspaceFolder, trustedBefore } from "../tree/workspace-folder.ts";
import { doubtStored } from "./doubt-stored.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";

/**
 * Remembers what a new workspace looks like, so that the first status of it reads no files. It was
 * looked at while nobody knew of it; from now on others may edit it. The caller shares the lock of
 * the store.
 */
export function indexNewWorkspace(workspace: Workspace, table: ScanTable): void {
  using folder = openWorkspaceFolder(workspace.path);
  markRacy(table, trustedBefore(folder, Date.now()));
  table.generation = readGeneration(workspace.repo) ?? 0;
  doubtStored(workspace, table);
  saveIndex(workspace, table);
}
