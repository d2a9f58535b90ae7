import { workspacePath } from "../repo/layout.ts";
import type { Context } from "./context.ts";
import { openRepository, openWorkspace } from "./open-workspace.ts";
import { workspaceOf } from "./workspace-of.ts";

/**
 * Where the worktree `name` is; without a name the one in which the user stands.
 *
 * @throws E_NO_REPOSITORY, E_NAME_INVALID, E_NOT_FOUND
 */
export async function findWorktreePath(
  ctx: Context,
  name: string | undefined,
): Promise<{ name: string; path: string }> {
  if (name === undefined) {
    const { repo, worktree } = openWorkspace(ctx);
    return { name: worktree.name, path: workspacePath(repo.layout, worktree.path) };
  }
  const { worktree, path } = workspaceOf(openRepository(ctx), name);
  return { name: worktree.name, path };
}
