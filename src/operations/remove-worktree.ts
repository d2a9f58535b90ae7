import { JvsError } from "../model/errors.ts";
import { isDetached } from "../model/worktree.ts";
import type { WorktreeRemoved } from "../model/worktree-reports.ts";
import { checkName } from "../repo/names.ts";
import type { Context } from "./context.ts";
import { findHere, MAIN } from "./find-worktree.ts";
import { lockNames } from "./lock-names.ts";
import { openRepository, type Workspace } from "./open-workspace.ts";
import { takeWorktreeAway } from "./take-worktree-away.ts";
import { workspaceOf } from "./workspace-of.ts";

export interface RemoveWorktreeOptions {
  readonly name: string;
  /** Also when it is detached, when other processes stand in it, or when some of it cannot be kept. */
  readonly force: boolean;
}

/**
 * Removes a worktree: its record and its folder. Its snapshots stay, and what was unsaved is kept in
 * a safety snapshot, so that `undo` brings all of it back.
 *
 * @throws E_NO_REPOSITORY, E_NAME_INVALID, E_NOT_FOUND, E_MAIN_WORKTREE, E_IN_USE, E_DETACHED,
 *   E_UNSAFE_FOLDER, E_LOCKED, E_NO_SPACE; the worktree is then as it was
 */
export async function removeWorktree(
  ctx: Context,
  { name: typed, force }: RemoveWorktreeOptions,
): Promise<WorktreeRemoved> {
  const repository = openRepository(ctx);
  const name = checkName("worktree", typed);
  refuseMain(name);
  workspaceOf(repository, name); // A name that is unknown needs no lock.
  using _locks = await lockNames(ctx, repository, { names: [name], command: "remove worktree" });
  const workspace = workspaceOf(repository, name);
  if (!force) refuseDetached(workspace);
  const here = findHere(repository.repo, ctx)?.name ?? MAIN;
  return await takeWorktreeAway(ctx, workspace, {
    force,
    plan: { operation: "worktree-remove", target: name, here },
  });
}

function refuseMain(name: string): void {
  if (name !== MAIN) return;
  throw new JvsError("remove worktree: cannot remove main worktree", {
    code: "E_MAIN_WORKTREE",
    hint: "Every repository has it; to end versioning, remove the folder .jvs yourself",
    details: { name },
  });
}

function refuseDetached({ worktree }: Workspace): void {
  if (!isDetached(worktree)) return;
  const { name, head_snapshot_id: head = "", latest_snapshot_id: latest = "" } = worktree;
  throw new JvsError(`worktree '${name}' is in detached state`, {
    code: "E_DETACHED",
    hint: `To remove anyway, use: jvs worktree remove --force ${name}`,
    details: { name, head, latest },
  });
}
