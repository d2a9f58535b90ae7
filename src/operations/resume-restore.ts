import type { RawPath } from "../model/raw-path.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { shortId } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { findStaging, removeDraft } from "../repo/drafts.ts";
import type { Intent } from "../repo/intents.ts";
import { hasOperation } from "../repo/operation-log.ts";
import { bringBackEdited, type MovedAway } from "../tree/apply/bring-back-edited.ts";
import { diffTrees, type TreeChange } from "../tree/diff-trees.ts";
import { fingerprintOfRow } from "../tree/file-fingerprint.ts";
import type { Scan } from "../tree/scan-result.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import { checkRestoreIntent, type Looks, type RestoreIntentData } from "./check-restore-intent.ts";
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
  const data = checkRestoreIntent(intent);
  const { plan, victims } = data;
  salvage(workspace, plan, victims);
  if (hasOperation(repo, plan.id)) finishMove(repo, plan, worktree.name);
  else await goOn(ctx, workspace, data);
}

/** Brings back what was edited between the scan and the move; the rest of the staging folder can go. */
function salvage(
  { repo, path, worktree }: Workspace,
  plan: MovePlan,
  victims: readonly MovedAway[],
): void {
  const staging = findStaging(repo, path, { id: plan.id, worktree: worktree.name });
  if (staging === undefined) return;
  using folder = openWorkspaceFolder(path);
  bringBackEdited(folder.fd, {
    staging,
    victims,
    tag: shortId(plan.id as SnapshotId),
  });
  removeDraft(staging);
}

async function goOn(ctx: Context, workspace: Workspace, data: RestoreIntentData): Promise<void> {
  const { plan } = data;
  const { scan } = await readLiveState(ctx, workspace);
  const edited = findNewEdits(workspace, data, scan);
  const kept = edited.size === 0 ? scan : await keepEdits(ctx, workspace);
  const target = readDescriptor(workspace.repo, plan.target);
  const { actions, compared } = await planMove(workspace.store, kept, {
    ...{ target, paths: plan.paths, edited },
    rejoins: plan.operation !== "restore",
  });
  using folder = openWorkspaceFolder(workspace.path);
  const { table } = kept;
  const readBefore = kept.changed.length;
  const work = { ctx, workspace, folder, target, table, actions, compared, readBefore };
  await moveWorkspace(plan, { ...work, isResumed: true });
}

/** Paths that are neither as before the restore nor as wanted: someone worked on them since it was killed. */
function findNewEdits(
  { repo, store }: Workspace,
  { plan, victims, touched }: RestoreIntentData,
  scan: Scan,
): Set<RawPath> {
  const live = liveFolder(scan.table);
  const differing = (id: SnapshotId): TreeChange[] =>
    diffTrees(live, viewOf(store, readDescriptor(repo, id)))
      .filter(({ before }) => before !== undefined && before.kind !== "d")
      .toArray();
  const isAsBefore =
    plan.before === null ? asGivenUp([...victims, ...touched], scan) : asIn(differing(plan.before));
  const edits = differing(plan.target).filter((change) => !isAsBefore(change));
  return new Set(edits.map(({ path }) => path));
}

function asIn(differing: readonly TreeChange[]): (change: TreeChange) => boolean {
  const paths = new Set(differing.map(({ path }) => path));
  return ({ path }) => !paths.has(path);
}

/** Work that was given up is in no snapshot; only what it looked like is known. */
function asGivenUp(looks: readonly Looks[], scan: Scan): (change: TreeChange) => boolean {
  const given = new Map(looks.map(({ path, was }) => [path, was]));
  return ({ path, before }) =>
    given.get(path) === fingerprintOfRow(scan.table, before?.row as number);
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
