import type { Actor } from "../model/operation.ts";
import { isSnapshotId } from "../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { listDrafts, removeDraft } from "../repo/drafts.ts";
import { type Intent, listIntents, removeIntent } from "../repo/intents.ts";
import { removePayload } from "../repo/payloads.ts";
import { dropHeadDraft } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import type { EditPlan } from "./edit/carry-out-edit.ts";
import { finishSnapshot } from "./finish-snapshot.ts";
import type { Workspace } from "./open-workspace.ts";

/** Whether a command was killed at work here, or is at work. */
export function hasPendingWork({ repo, worktree }: Workspace): boolean {
  return listIntents(repo).some(
    (intent) => intent.worktree === worktree.name || intent.kind === "worktree",
  );
}

/**
 * Finishes or clears what a killed command left: a published snapshot gets its head and its line in
 * the log, a restore is rolled forward, anything else is removed. The caller holds the lock of the
 * worktree, so whatever is found has no process.
 */
export async function finishPendingWork(ctx: Context, workspace: Workspace): Promise<void> {
  const { repo, worktree } = workspace;
  const intents = listIntents(repo);
  if (intents.some(({ kind }) => kind === "worktree")) {
    // Also those of other worktrees: nobody may be left who would come by there.
    const { resumeWorktrees } = await import("./resume-worktree.ts");
    await resumeWorktrees(ctx, workspace, [worktree.name]);
  }
  for (const intent of intents)
    if (intent.worktree === worktree.name) await finishIntent(ctx, workspace, intent);
  for (const draft of listDrafts(repo))
    if (draft.worktree === worktree.name) removeDraft(draft.path);
}

async function finishIntent(ctx: Context, workspace: Workspace, intent: Intent): Promise<void> {
  if (intent.kind === "worktree") return;
  if (intent.kind === "snapshot") await resumeSnapshot(ctx, workspace, intent);
  else if (intent.kind === "edit") await resumeEdit(workspace, intent);
  else {
    const { resumeRestore } = await import("./resume-restore.ts");
    await resumeRestore(ctx, workspace, intent);
  }
  removeIntent(workspace.repo, intent);
}

/** A torn intent was synced before the edit began: then there is nothing to finish. */
async function resumeEdit({ repo }: Workspace, intent: Intent): Promise<void> {
  const { finishEdit } = await import("./edit/carry-out-edit.ts");
  if (intent.torn !== true) finishEdit(repo, intent.data as EditPlan);
}

async function resumeSnapshot(
  ctx: Context,
  { repo, worktree }: Workspace,
  intent: Intent,
): Promise<void> {
  const { id } = intent;
  if (!isSnapshotId(id)) return;
  if (!hasDescriptor(repo, id)) {
    dropHeadDraft(repo, worktree.name);
    await removePayload(repo, id);
    return;
  }
  const { actor } = (intent.data ?? { actor: ctx.actor }) as { actor: Actor };
  finishSnapshot(repo, readDescriptor(repo, id), { actor });
}
