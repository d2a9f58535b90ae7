import type { ObjectId } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { openDraft, removeDraft } from "../../repo/drafts.ts";
import { syncInstalledPacks } from "../../repo/publish.ts";
import { type HealingGoal, openHealingWriter } from "../../store/heal-objects.ts";
import type { PackWriter } from "../../store/pack-writer.ts";
import { syncWritten } from "../../store/sync-written.ts";
import { type HealPart, healFromScan } from "../../tree/heal-from-scan.ts";
import { openWorkspaceFolder, trustedBefore } from "../../tree/workspace-folder.ts";
import { readLiveState } from "../live-state.ts";
import type { Workspace } from "../open-workspace.ts";
import type { Exam } from "./exam.ts";
import { listUsableWorktrees } from "./usable-worktrees.ts";

/**
 * Stores lost objects anew from the workspaces that still hold their content. The caller holds the
 * lock of the store. Returns how many were found.
 */
export async function healObjects(exam: Exam, goal: HealingGoal): Promise<number> {
  let healed = 0;
  for (const { worktree, path } of listUsableWorktrees(exam)) {
    const { repo, store } = exam;
    try {
      healed += await healFrom(exam, { repo, store, worktree, path }, goal);
    } catch (error) {
      // A workspace that is gone or closed to us cannot help; others may.
      if (!/^(ENOENT|ENOTDIR|EACCES|EPERM)$/.test(systemCodeOf(error))) throw error;
    }
  }
  return healed;
}

async function healFrom(exam: Exam, workspace: Workspace, goal: HealingGoal): Promise<number> {
  using folder = openWorkspaceFolder(workspace.path);
  const trustBefore = trustedBefore(folder, Date.now());
  const { scan } = await readLiveState(exam.ctx, workspace);
  const { progress } = exam.ctx;
  const isWanted = (id: ObjectId): boolean =>
    goal.lost.has(id) ? !goal.healed.has(id) : goal.widely && !workspace.store.has(id);
  const heal = async (part: HealPart, aim: HealingGoal): Promise<number> =>
    await storeHealed(exam, { workspace, goal: aim }, async (sink) => {
      await healFromScan(scan, { part, folder, isWanted, sink, trustBefore, progress });
    });
  // A file that lay in the folder of a snapshot has parts that were never stored, and have no place in `lost`.
  const named = await heal("named", { ...goal, widely: true });
  return named + (await heal("others", goal));
}

async function storeHealed(
  { repo }: Exam,
  { workspace, goal }: { workspace: Workspace; goal: HealingGoal },
  fill: (sink: PackWriter) => Promise<void>,
): Promise<number> {
  const id = `heal-${crypto.randomUUID().slice(0, 8)}`;
  const draft = openDraft(repo, { id, worktree: workspace.worktree.name });
  const writer = openHealingWriter(repo.layout.objects, draft, goal);
  try {
    await fill(writer);
    await syncWritten(writer.end());
    writer.install();
    syncInstalledPacks(repo);
    return writer.objectCount;
  } finally {
    writer.discard();
    removeDraft(draft);
  }
}
