import type { Descriptor } from "../model/snapshot.ts";
import { indexPath } from "../repo/layout.ts";
import { ownedWorkspace } from "../repo/owned-workspace.ts";
import type { Repo } from "../repo/repo.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import type { LiveOrigin } from "../tree/apply/live-files.ts";
import { readIndex } from "../tree/index-file.ts";
import { canShareBlocks, openWorkspaceFolder } from "../tree/workspace-folder.ts";

/**
 * The workspace from which a new one with this content may share most: one that stands on the
 * snapshot, else the one where the command was given. Undefined where nothing is known about it, or
 * no blocks can be shared.
 */
export function openOrigin(
  repo: Repo,
  content: Descriptor,
  here: string,
): (LiveOrigin & Disposable) | undefined {
  try {
    const { worktrees } = listWorktrees(repo);
    const origin =
      worktrees.find(({ head_snapshot_id: head }) => head === content.snapshot_id) ??
      worktrees.find(({ name }) => name === here);
    if (origin === undefined) return undefined;
    const folder = openWorkspaceFolder(ownedWorkspace(repo, origin));
    const dispose = (): void => folder[Symbol.dispose]();
    const table = canShareBlocks(folder)
      ? readIndex(indexPath(repo.layout, origin.name))
      : undefined;
    if (table !== undefined) return { root: folder.fd, table, [Symbol.dispose]: dispose };
    dispose();
    return undefined;
  } catch {
    return undefined; // Gone, closed to us, or not ours: all content is in the store, too.
  }
}
