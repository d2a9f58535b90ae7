import type { Loss } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import type { WorktreeRemoved } from "../model/worktree-reports.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { removeIntent, replaceIntent, writeIntent } from "../repo/intents.ts";
import { besidePath, identityOf, moveFolder, tryRemoveFolder } from "../repo/worktree-folder.ts";
import { stillWritten } from "../tree/still-written.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import type { Context } from "./context.ts";
import { readLiveState } from "./live-state.ts";
import type { Workspace } from "./open-workspace.ts";
import { graveLosses, refuseLosses, refuseOccupied, refuseWritten } from "./refuse-removal.ts";
import { intentOfPlan } from "./worktree-intent.ts";
import {
  finishWorktreePlan,
  makeWorktreePlan,
  type NewWorktreePlan,
  type WorktreePlan,
} from "./worktree-plan.ts";

export interface TakeAwayRequest {
  /** Although processes stand in it, or some of it cannot be kept. */
  readonly force: boolean;
  readonly plan: Omit<NewWorktreePlan, "before" | "after" | "files" | "folder" | "isDecided">;
}

/** What holds the content of the worktree. */
interface Kept {
  /** null: there is nothing to hold. */
  readonly files: SnapshotId | null;
  readonly ignored: number;
  /** What it should hold and does not. */
  readonly losses: readonly Loss[];
}

/**
 * Removes the worktree, after everything in it is kept. The folder is first moved aside, so that
 * nobody can open a file in it any more by its path; then it is made sure that nobody has one open
 * for writing, and then it is looked at again: what was edited until then is kept, and nothing can be
 * edited later. The caller holds the lock of the worktree, and a share in that of the store.
 *
 * @throws E_IN_USE, E_UNSAFE_FOLDER, E_NO_SPACE, E_INTERRUPTED; the worktree is then as it was
 */
export async function takeWorktreeAway(
  ctx: Context,
  workspace: Workspace,
  { plan: wanted, force }: TakeAwayRequest,
): Promise<WorktreeRemoved> {
  const { repo, worktree, path } = workspace;
  const head = worktree.head_snapshot_id ?? null;
  const plan = makeWorktreePlan(ctx, { ...wanted, before: worktree, after: null, files: head });
  const report = { removed: worktree.name, path };
  if (identityOf(path) === undefined) {
    finishWorktreePlan(repo, plan);
    return { ...report, safety_snapshot: null, ignored: 0, lost: [], left: null };
  }
  refuseOccupied(ctx, workspace, force);
  const first = await keep(ctx, workspace, { force, unlessAs: head });
  writeIntent(repo, intentOfPlan(ctx, plan), { sync: true });
  const kept = await moveAside(ctx, workspace, { plan, first, force });
  const lost = graveLosses(kept.losses);
  const decided: WorktreePlan = { ...plan, files: kept.files, isDecided: true, lost };
  replaceIntent(repo, intentOfPlan(ctx, decided));
  failPoint("worktree-decided");
  finishWorktreePlan(repo, decided);
  failPoint("worktree-finished");
  const aside = besidePath(path, plan.id);
  const left = (await tryRemoveFolder(aside)) ? null : aside;
  removeIntent(repo, intentOfPlan(ctx, decided));
  const safety_snapshot = kept.files === head ? null : kept.files;
  return { ...report, safety_snapshot, ignored: kept.ignored, lost, left };
}

/** Moves the folder aside and looks at it again. If that fails, it moves back. */
async function moveAside(
  ctx: Context,
  workspace: Workspace,
  { plan, first, force }: { plan: WorktreePlan; first: Kept; force: boolean },
): Promise<Kept> {
  const aside = besidePath(workspace.path, plan.id);
  try {
    moveFolder(workspace.path, aside);
    failPoint("worktree-aside");
    const written = stillWritten(aside);
    if (!force) refuseWritten(workspace.worktree.name, written);
    const kept = await keep(ctx, { ...workspace, path: aside }, { force, unlessAs: first.files });
    return { ...kept, losses: [...kept.losses, ...written] };
  } catch (error) {
    if (identityOf(aside) !== undefined) moveFolder(aside, workspace.path);
    removeIntent(workspace.repo, intentOfPlan(ctx, plan));
    throw error;
  }
}

async function keep(
  ctx: Context,
  workspace: Workspace,
  { force, unlessAs }: { force: boolean; unlessAs: SnapshotId | null },
): Promise<Kept> {
  const { repo, worktree } = workspace;
  const known = unlessAs === null ? [] : [readDescriptor(repo, unlessAs)];
  if (known.length === 0 && (await isEmpty(ctx, workspace)))
    return { files: null, ignored: 0, losses: [] };
  const capture = await captureSnapshot(ctx, workspace, {
    kind: "safety",
    note: "",
    tags: [],
    meta: {},
    allowUnstable: true,
    unlessAs: known,
  });
  if (!force) refuseLosses(worktree.name, capture.losses);
  const { descriptor, losses, scan } = capture;
  return { files: descriptor.snapshot_id, ignored: scan.ignored, losses };
}

async function isEmpty(ctx: Context, workspace: Workspace): Promise<boolean> {
  const { scan, losses } = await readLiveState(ctx, workspace);
  return scan.entries + losses.length + scan.ignored === 0;
}
