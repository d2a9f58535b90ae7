import { failPoint } from "../model/fail-point.ts";
import type { WorktreeRenamed } from "../model/worktree-reports.ts";
import { choosePlaceForName } from "../repo/fork-place.ts";
import { removeIntent, writeIntent } from "../repo/intents.ts";
import { identityOf, moveFolder } from "../repo/worktree-folder.ts";
import type { Context } from "./context.ts";
import type { Workspace } from "./open-workspace.ts";
import { intentOfPlan } from "./worktree-intent.ts";
import { finishWorktreePlan, makeWorktreePlan, type NewWorktreePlan } from "./worktree-plan.ts";

/**
 * Renames the worktree. The caller holds the locks of both names.
 *
 * @throws E_EXISTS when something is at the new place; nothing has changed then
 */
export function giveWorktreeName(
  ctx: Context,
  { repo, worktree, path }: Workspace,
  wanted: {
    name: string;
    plan: Omit<NewWorktreePlan, "before" | "after" | "files" | "folder" | "isDecided">;
  },
): WorktreeRenamed {
  const place = choosePlaceForName(repo, worktree, wanted.name);
  const folder = identityOf(path);
  const after = { ...worktree, name: wanted.name, path: place.path };
  const plan = makeWorktreePlan(ctx, {
    ...wanted.plan,
    before: worktree,
    after,
    files: null,
    ...(folder === undefined ? {} : { folder }),
  });
  const intent = intentOfPlan(ctx, plan);
  writeIntent(repo, intent, { sync: true });
  failPoint("worktree-intent");
  try {
    if (folder !== undefined && place.workspace !== path) moveFolder(path, place.workspace);
  } catch (error) {
    removeIntent(repo, intent);
    throw error;
  }
  failPoint("worktree-placed");
  finishWorktreePlan(repo, plan);
  failPoint("worktree-finished");
  removeIntent(repo, intent);
  return { from: worktree.name, worktree: after, path: place.workspace };
}
