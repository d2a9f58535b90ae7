import { JvsError } from "../model/errors.ts";
import type { WorktreeRenamed } from "../model/worktree-reports.ts";
import { checkName } from "../repo/names.ts";
import type { Context } from "./context.ts";
import { findHere, MAIN, refuseTakenName } from "./find-worktree.ts";
import { giveWorktreeName } from "./give-worktree-name.ts";
import { lockNames } from "./lock-names.ts";
import { openRepository } from "./open-workspace.ts";
import { workspaceOf } from "./workspace-of.ts";

/**
 * Gives a worktree another name, and its folder too where that has the old one. Snapshots keep the
 * name under which they were taken.
 *
 * @throws E_NO_REPOSITORY, E_NAME_INVALID, E_NOT_FOUND, E_EXISTS, E_MAIN_WORKTREE, E_LOCKED
 */
export async function renameWorktree(
  ctx: Context,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<WorktreeRenamed> {
  const repository = openRepository(ctx);
  const [oldName, newName] = [checkName("worktree", from), checkName("worktree", to)];
  refuseMain(oldName);
  workspaceOf(repository, oldName);
  refuseTakenName(repository.repo, newName, "rename worktree");
  const names = [oldName, newName];
  using _locks = await lockNames(ctx, repository, { names, command: "rename worktree" });
  const workspace = workspaceOf(repository, oldName);
  refuseTakenName(repository.repo, newName, "rename worktree");
  const here = findHere(repository.repo, ctx)?.name ?? MAIN;
  return giveWorktreeName(ctx, workspace, {
    name: newName,
    plan: {
      operation: "worktree-rename",
      target: newName,
      reason: oldName,
      here: here === oldName ? newName : here,
    },
  });
}

function refuseMain(name: string): void {
  if (name !== MAIN) return;
  throw new JvsError("rename worktree: cannot rename main worktree", {
    code: "E_MAIN_WORKTREE",
    hint: "Its name is how every command finds it; `jvs worktree fork` makes one of another name",
    details: { name },
  });
}
