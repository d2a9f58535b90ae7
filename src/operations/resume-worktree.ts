import { JvsError } from "../model/errors.ts";
import { isSnapshotId } from "../model/snapshot.ts";
import { type Intent, listIntents, removeIntent } from "../repo/intents.ts";
import { intentPath, workspacePath } from "../repo/layout.ts";
import { isLocked, lockWorktree } from "../repo/lock.ts";
import { faultOfPlace } from "../repo/owned-workspace.ts";
import type { Repo } from "../repo/repo.ts";
import {
  besidePath,
  identityOf,
  moveFolder,
  removeDraftFolder,
  tryRemoveFolder,
} from "../repo/worktree-folder.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import type { Repository } from "./open-workspace.ts";
import { finishWorktreePlan, namesOf, type WorktreePlan } from "./worktree-plan.ts";

/** An intent to look at, and the worktrees whose locks the caller holds. */
export interface Leftover {
  readonly intent: Intent;
  readonly held: readonly string[];
}

/** Looks at every intent about worktrees themselves that no living process holds. */
export async function resumeWorktrees(
  ctx: Context,
  repository: Pick<Repository, "repo">,
  held: readonly string[],
): Promise<void> {
  for (const intent of listIntents(repository.repo))
    if (intent.kind === "worktree") await resumeWorktree(ctx, repository, { intent, held });
}

/**
 * Finishes or takes back what a killed command began with a worktree: one that was complete gets its
 * record, one that was not goes away; a removal that had not kept everything is taken back, a rename
 * goes on. Left alone while its process lives.
 */
export async function resumeWorktree(
  ctx: Context,
  { repo }: Pick<Repository, "repo">,
  { intent, held }: Leftover,
): Promise<void> {
  const planned = planOf(intent);
  const names = planned === undefined ? [intent.worktree] : namesOf(planned);
  const options = { actor: ctx.actor, command: "finishing an interrupted command", timeoutMs: 0 };
  using stack = new DisposableStack();
  try {
    for (const name of names)
      if (!held.includes(name)) stack.use(await lockWorktree(repo, name, options));
  } catch (error) {
    if (isLocked(error)) return; // Its process is alive.
    throw error;
  }
  // Read again: its process may have gone on, and ended, between our look at it and our lock.
  const plan = planOf(listIntents(repo).find(({ id }) => id === intent.id));
  if (plan !== undefined) checkPlan(repo, plan, intent);
  // Torn: it was synced before the first change, so nothing had begun.
  if (plan !== undefined) await resume(repo, plan);
  removeIntent(repo, intent);
}

function planOf(intent: Intent | undefined): WorktreePlan | undefined {
  return (intent?.data as { plan?: WorktreePlan } | null | undefined)?.plan;
}

/**
 * Refuses a plan that jvs cannot have written: a `.jvs` can come with anybody's archive, and what
 * lies at the places of the plan is moved and removed.
 *
 * @throws E_CONFIG
 */
function checkPlan(repo: Repo, plan: WorktreePlan, intent: Intent): void {
  const sides = [plan.before, plan.after].filter((side) => side !== null);
  const names = new Set(sides.map(({ name }) => name));
  const others = listWorktrees(repo).worktrees.filter(({ name }) => !names.has(name));
  const fault = sides.map((side) => faultOfPlace(repo, side, () => others)).find(Boolean);
  if (fault === undefined && plan.id === intent.id && isSnapshotId(plan.id)) return;
  throw new JvsError(
    `Cannot finish the interrupted ${plan.operation} of '${plan.target}': ${fault === undefined ? "its record was altered" : `the folder ${fault.why}`}`,
    {
      code: "E_CONFIG",
      hint: `Put the folder right; or remove "${intentPath(repo.layout, intent)}" if you know that nothing was interrupted here`,
      details: { intent: intent.id },
    },
  );
}

async function resume(repo: Repo, plan: WorktreePlan): Promise<void> {
  const { before, after } = plan;
  if (before === null) await resumeMake(repo, plan);
  else if (after === null) await resumeRemoval(repo, plan);
  else resumeRename(repo, plan);
}

async function resumeMake(repo: Repo, plan: WorktreePlan): Promise<void> {
  const workspace = workspaceIn(repo, plan.after);
  const isPlaced = plan.folder !== undefined && identityOf(workspace) === plan.folder;
  if (isPlaced) finishWorktreePlan(repo, plan);
  else await removeDraftFolder(besidePath(workspace, plan.id));
}

async function resumeRemoval(repo: Repo, plan: WorktreePlan): Promise<void> {
  const workspace = workspaceIn(repo, plan.before);
  const aside = besidePath(workspace, plan.id);
  if (plan.isDecided === true) {
    finishWorktreePlan(repo, plan);
    await tryRemoveFolder(aside);
  } else if (identityOf(aside) !== undefined) moveFolder(aside, workspace);
}

function resumeRename(repo: Repo, plan: WorktreePlan): void {
  const from = workspaceIn(repo, plan.before);
  const to = workspaceIn(repo, plan.after);
  if (from !== to && plan.folder !== undefined && identityOf(from) === plan.folder)
    moveFolder(from, to);
  finishWorktreePlan(repo, plan);
}

function workspaceIn({ layout }: Repo, worktree: WorktreePlan["after"]): string {
  return workspacePath(layout, worktree?.path ?? "");
}
