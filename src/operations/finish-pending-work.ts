import type { Actor } from "../model/operation.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { listDrafts, removeDraft } from "../repo/drafts.ts";
import { type Intent, listIntents, removeIntent } from "../repo/intents.ts";
import type { Context } from "./context.ts";
import { finishSnapshot } from "./finish-snapshot.ts";
import type { Workspace } from "./open-workspace.ts";

/** Whether a command was killed at work here, or is at work. */
export function hasPendingWork({ repo, worktree }: Workspace): boolean {
  return listIntents(repo).some((intent) => intent.worktree === worktree.name);
}

/**
 * Finishes or clears what a killed command left: a published snapshot gets its head and its line in
 * the log, a restore is rolled forward, anything else is removed. The caller holds the lock of the
 * worktree, so whatever is found has no process.
 */
export async function finishPendingWork(ctx: Context, workspace: Workspace): Promise<void> {
  const { repo, worktree } = workspace;
  for (const intent of listIntents(repo)) {
    if (intent.worktree !== worktree.name) continue;
    if (intent.kind === "snapshot") resumeSnapshot(ctx, workspace, intent);
    else {
      const { resumeRestore } = await import("./resume-restore.ts");
      await resumeRestore(ctx, workspace, intent);
    }
    removeIntent(repo, intent);
  }
  for (const draft of listDrafts(repo))
    if (draft.worktree === worktree.name) removeDraft(draft.path);
}

function resumeSnapshot(ctx: Context, { repo }: Workspace, intent: Intent): void {
  const id = intent.id as SnapshotId;
  if (!hasDescriptor(repo, id)) return;
  const { actor } = (intent.data ?? { actor: ctx.actor }) as { actor: Actor };
  finishSnapshot(repo, readDescriptor(repo, id), actor);
}
