import { ownedWorkspace } from "../repo/owned-workspace.ts";
import { getWorktree } from "./find-worktree.ts";
import type { Repository, Workspace } from "./open-workspace.ts";

/**
 * The workspace of the worktree `name`, wherever the user stands.
 *
 * @throws E_NAME_INVALID, E_NOT_FOUND, E_CONFIG
 */
export function workspaceOf(repository: Repository, name: string): Workspace {
  const worktree = getWorktree(repository.repo, name);
  return { ...repository, worktree, path: ownedWorkspace(repository.repo, worktree) };
}
