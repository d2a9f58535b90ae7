import type { Descriptor } from "../model/snapshot.ts";
import { indexPath } from "../repo/layout.ts";
import { ownedWorkspace } from "../repo/owned-workspace.ts";
import type { Repo } from "../repo/repo.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import type { LiveOrigin } from "../tree/apply/live-files.ts";
import { readIndex } from "../tree/index-file.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";

/**
 * The workspace from which a new one with this content may share most: one that stands on the
 * snapshot, else the one where the command was given. Undefined where nothing is known about it.
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
    const table = origin && readIndex(indexPath(repo.layout, origin.name));
    if (table === undefined) return undefined;
    const folder = openWorkspaceFolder(ownedWorkspace(repo, origin as NonNullable<typeof origin>));
    return { root: folder.fd, table, [Symbol.dispose]: () => folder[Symbol.dispose]() };
  } catch {
    return undefined; // Gone, closed to us, or not ours: all content is in the store, too.
  }
}
