import type { SnapshotId } from "../model/snapshot.ts";
import { shortId } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { listDrafts, removeDraft } from "../repo/drafts.ts";
import type { Intent } from "../repo/intents.ts";
import { hasOperation } from "../repo/operation-log.ts";
import { bringBackEdited, type MovedAway } from "../tree/apply/bring-back-edited.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import type { Scan } from "../tree/scan-result.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import type { Context } from "./context.ts";
import { readLiveState } from "./live-state.ts";
import { finishMove, type MovePlan, moveWorkspace } from "./move-workspace.ts";
import type { Workspace } from "./open-workspace.ts";
import { planMove } from "./plan-move.ts";
import { viewOf } from "./tree-of.ts";

/**
 * Rolls a restore forward that was killed: what it had moved out of the workspace is looked at once
 * more (an edit comes back as a conflict copy), then the rest of the way is gone. The caller holds
 * the lock of the worktree.
 */
export async function resumeRestore(
  ctx: Context,
  workspace: Workspace,
  intent: Intent,
): Promise<void> {
  if (intent.torn === true) return; // It was synced before the first change: nothing had begun.
  const { repo, worktree } = workspace;
  const { plan, victims } = intent.data as { plan: MovePlan; victims: MovedAway[] };
  if (!hasOperation(repo, plan.id)) {
    salvage(workspace, plan, victims);
    await goOn(ctx, workspace, plan);
    return;
  }
  finishMove(repo, plan, worktree.name);
}

/** Brings back what was edited between the scan and the move; the rest of the staging folder can go. */
function salvage(
  { repo, path, worktree }: Workspace,
  plan: MovePlan,
  victims: readonly MovedAway[],
): void {
  const staging = listDrafts(repo).find(
    ({ id, worktree: name }) => id === plan.id && name === worktree.name,
  );
  if (staging === undefined) return;
  using folder = openWorkspaceFolder(path);
  bringBackEdited(folder.fd, {
    staging: staging.path,
    victims,
    tag: shortId(plan.id as SnapshotId),
  });
  removeDraft(staging.path);
}

async function goOn(ctx: Context, workspace: Workspace, plan: MovePlan): Promise<void> {
  const { scan } = await readLiveState(ctx, workspace);
  const kept = hasNewEdits(workspace, plan, scan) ? await keepEdits(ctx, workspace) : scan;
  const target = readDescriptor(workspace.repo, plan.target);
  const { actions } = await planMove(workspace.store, kept, { target, paths: plan.paths });
  using folder = openWorkspaceFolder(workspace.path);
  await moveWorkspace(plan, {
    ctx,
    workspace,
    folder,
    target,
    table: kept.table,
    actions,
    isResumed: true,
  });
}

/** Whether some path is neither as before the restore nor as wanted: then someone worked here since. */
function hasNewEdits({ repo, store }: Workspace, plan: MovePlan, scan: Scan): boolean {
  if (plan.before === null) return false;
  const live = liveFolder(scan.table);
  const differing = (id: SnapshotId): Set<string> =>
    new Set(
      diffTrees(live, viewOf(store, readDescriptor(repo, id)))
        .filter(({ before }) => before !== undefined && before.kind !== "d")
        .map(({ path }) => path),
    );
  const fromWanted = differing(plan.target);
  return [...differing(plan.before)].some((path) => fromWanted.has(path));
}

async function keepEdits(ctx: Context, workspace: Workspace): Promise<Scan> {
  const { scan } = await captureSnapshot(ctx, workspace, {
    kind: "safety",
    note: "found after an interrupted restore",
    tags: [],
    meta: {},
    allowUnstable: true,
    unlessAs: [],
  });
  return scan;
}
