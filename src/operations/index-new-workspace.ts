import { readGeneration } from "../repo/generation.ts";
import { indexPath } from "../repo/layout.ts";
import { markRacy } from "../tree/apply/written-table.ts";
import { copyIndex } from "../tree/copy-index.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import { openWorkspaceFolder, trustedBefore } from "../tree/workspace-folder.ts";
import { doubtStored } from "./doubt-stored.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";
import type { IndexReuse } from "./scan-copy.ts";

/** What is known of a new workspace: all of it, or an index that will do. */
export type NewIndex =
  | {
      readonly table: ScanTable;
      /** A moment at which there was nothing in the workspace that the table does not tell of. */
      readonly frozen?: FrozenToken | undefined;
    }
  | { readonly reuse: IndexReuse };

/**
 * Remembers what a new workspace looks like, so that the first status of it reads no files. It was
 * looked at while nobody knew of it; from now on others may edit it. The caller shares the lock of
 * the store.
 */
export function indexNewWorkspace(workspace: Workspace, known: NewIndex): void {
  if ("reuse" in known) takeFileOver(workspace, known.reuse);
  else writeAnew(workspace, known.table, known.frozen);
}

function writeAnew(workspace: Workspace, table: ScanTable, frozen: FrozenToken | undefined): void {
  using folder = openWorkspaceFolder(workspace.path);
  markRacy(table, trustedBefore(folder, Date.now()));
  table.generation = readGeneration(workspace.repo) ?? 0;
  table.token = undefined;
  table.frozen = frozen;
  doubtStored(workspace, table);
  saveIndex(workspace, table);
  releaseIndex(table); // Of another workspace, where it is mapped.
}

/**
 * What the file knows of a version of a file holds for the same one in the new workspace. Whatever
 * is done there comes later than all that it trusts, so that it cannot be mistaken for one of these.
 */
function takeFileOver({ repo, worktree }: Workspace, { index, frozen }: IndexReuse): void {
  try {
    copyIndex(indexPath(repo.layout, worktree.name), index, { token: undefined, frozen });
  } catch {
    // As when an index cannot be written: time is lost, no more.
  } finally {
    releaseIndex(index);
  }
}
