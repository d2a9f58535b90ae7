import type { Progress } from "../model/progress.ts";
import type { ExportReport, RestoreIssue } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { ContentSource, Owner } from "../tree/apply/write-context.ts";
import { writeTree } from "../tree/apply/write-tree.ts";
import { openFileTarget, openFolderTarget } from "../tree/export-target.ts";
import type { LinkGroup } from "../tree/link-groups.ts";
import { writeTar } from "../tree/tar/write-tar.ts";
import type { FolderView } from "../tree/tree-source.ts";
import { ownerOfFolder } from "../tree/workspace-folder.ts";
import { checkExportTarget } from "./check-export-target.ts";
import type { Context } from "./context.ts";
import { findInSnapshot } from "./find-in-snapshot.ts";
import { withSealed } from "./seal/seal-pending.ts";
import { linksOf } from "./tree-of.ts";

/** What both formats need. */
interface Source {
  readonly tree: FolderView;
  readonly links: readonly LinkGroup[];
  readonly content: ContentSource;
  readonly owner: Owner;
  readonly progress: Progress;
}

/**
 * Writes a snapshot to a new folder, or, when `target` ends in `.tar`, to an archive. The repository
 * and the workspace stay as they are.
 *
 * @throws E_USAGE, E_EXISTS, E_NOT_FOUND, E_AMBIGUOUS, E_NO_SPACE, E_OBJECT_DAMAGED, E_INTERRUPTED; then
 *   nothing is left at the target
 */
export function exportSnapshot(
  ctx: Context,
  query: { ref: string; target: string },
): Promise<ExportReport> {
  return withSealed(ctx, () => exportFound(ctx, query));
}

async function exportFound(
  ctx: Context,
  { ref, target }: { ref: string; target: string },
): Promise<ExportReport> {
  const { descriptor, store, root, workspace } = findInSnapshot(ctx, { ref, path: undefined });
  const { path, format } = checkExportTarget(ctx.cwd, target);
  const source: Source = {
    tree: root,
    links: linksOf(store, descriptor.links),
    content: store,
    owner: ownerOfFolder(workspace),
    progress: ctx.progress,
  };
  const issues =
    format === "tar" ? await toTar(path, source) : await toFolder(path, source, descriptor);
  const { snapshot_id, entries, bytes } = descriptor;
  return { snapshot_id, target: path, format, entries, bytes, issues };
}

async function toTar(path: string, source: Source): Promise<RestoreIssue[]> {
  using target = openFileTarget(path);
  await writeTar({ ...source, fd: target.fd });
  target.complete();
  return [];
}

async function toFolder(
  path: string,
  source: Source,
  wantedRoot: Descriptor,
): Promise<readonly RestoreIssue[]> {
  using target = openFolderTarget(path);
  const root = target.folder.fd;
  const { issues } = await writeTree({ ...source, root, wantedRoot, isIndexed: false });
  target.complete();
  return issues;
}
