import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { containsPath } from "../model/contains-path.ts";
import type { Worktree } from "../model/worktree.ts";
import { layoutOf } from "./layout.ts";
import { isOwned, refuseLinkedWorkspace } from "./owned-workspace.ts";
import type { Repo } from "./repo.ts";
import { listWorktrees, readWorktree } from "./worktrees.ts";

export interface WorktreeLocation {
  readonly worktree: Worktree;
  /** The folder that people work in. Absolute. */
  readonly workspace: string;
}

/**
 * Which worktree the folder is in: the one whose workspace is nearest around it, by the path as it
 * is written, or else by the path as it really is (without links). Inside `.jvs` only workspaces
 * that are themselves inside `.jvs` count.
 *
 * @returns undefined in control folders, and beside the workspaces of a project.
 * @throws E_CONFIG when none fits and a record that might have fitted is garbled, or when it is a link.
 */
export function locateWorktree(repo: Repo, folder: string): WorktreeLocation | undefined {
  const { worktrees, unreadable } = listWorktrees(repo);
  const { root } = repo.layout;
  const found =
    nearest(repo, worktrees, { root, folder: resolve(folder) }) ??
    nearest(repo, worktrees, { root: physicalPath(root), folder: physicalPath(folder) });
  if (found !== undefined) {
    refuseLinkedWorkspace(repo, found.worktree);
    return found;
  }
  for (const { name } of unreadable) readWorktree(repo, name);
  return undefined;
}

function nearest(
  repo: Repo,
  worktrees: readonly Worktree[],
  { root, folder }: { readonly root: string; readonly folder: string },
): WorktreeLocation | undefined {
  const { jvs } = layoutOf(root);
  const inControl = containsPath(jvs, folder);
  let found: WorktreeLocation | undefined;
  for (const worktree of worktrees) {
    const workspace = resolve(root, worktree.path);
    if (!containsPath(workspace, folder) || !isOwned(repo, root, workspace)) continue;
    if (inControl && !containsPath(jvs, workspace)) continue;
    if (workspace.length > (found?.workspace.length ?? 0)) found = { worktree, workspace };
  }
  return found;
}

function physicalPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder); // It is gone: there is no second way to look at it.
  }
}
