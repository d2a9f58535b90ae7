import { realpathSync } from "../fs/files.ts";
import { containsPath } from "../model/contains-path.ts";
import { resolve } from "../model/path.ts";
import type { Worktree } from "../model/worktree.ts";
import { layoutOf } from "./layout.ts";
import { faultOfPlace, notOwned } from "./owned-workspace.ts";
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
 * that are themselves inside `.jvs` count, and only those whose folder is theirs count at all.
 *
 * @returns undefined in control folders, and beside the workspaces of a project.
 * @throws E_CONFIG when the nearest one is reached through a link that is not the user's own, or when
 *   none fits and a record that might have fitted is garbled.
 */
export function locateWorktree(repo: Repo, folder: string): WorktreeLocation | undefined {
  const { worktrees, unreadable } = listWorktrees(repo);
  const { root } = repo.layout;
  const found =
    nearest(repo, worktrees, { root, folder: resolve(folder) }) ??
    nearest(repo, worktrees, { root: physicalPath(root), folder: physicalPath(folder) });
  if (found !== undefined) return found;
  for (const { name } of unreadable) readWorktree(repo, name);
  return undefined;
}

function nearest(
  repo: Repo,
  worktrees: readonly Worktree[],
  place: { readonly root: string; readonly folder: string },
): WorktreeLocation | undefined {
  for (const found of candidates(worktrees, place)) {
    const fault = faultOfPlace(repo, found.worktree, () => worktrees);
    if (fault === undefined) return found;
    // What the user stands in is not what they believe: nothing further up is meant, either.
    if (fault.link !== undefined) throw notOwned(repo, found.worktree, fault);
  }
  return undefined;
}

/** The worktrees around the folder, from the inside out. */
function candidates(
  worktrees: readonly Worktree[],
  { root, folder }: { readonly root: string; readonly folder: string },
): WorktreeLocation[] {
  const { jvs } = layoutOf(root);
  const inControl = containsPath(jvs, folder);
  return worktrees
    .map((worktree) => ({ worktree, workspace: resolve(root, worktree.path) }))
    .filter(({ workspace }) => containsPath(workspace, folder))
    .filter(({ workspace }) => !inControl || containsPath(jvs, workspace))
    .sort((one, other) => other.workspace.length - one.workspace.length);
}

function physicalPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder); // It is gone: there is no second way to look at it.
  }
}
