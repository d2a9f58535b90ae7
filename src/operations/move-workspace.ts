import type { Entry } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import { Garbage } from "../model/garbage.ts";
import type { Actor, RefMove } from "../model/operation.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import { type Descriptor, type SnapshotId, shortId } from "../model/snapshot.ts";
import { openStaging, removeDraft } from "../repo/drafts.ts";
import { type Intent, removeIntent, replaceIntent, writeIntent } from "../repo/intents.ts";
import { appendOperation, syncLog } from "../repo/operation-log.ts";
import type { Repo } from "../repo/repo.ts";
import { moveHead } from "../repo/worktrees.ts";
import type { Action } from "../tree/apply/action.ts";
import { type StagedPlan, stagePlan } from "../tree/apply/apply-actions.ts";
import { applyRoot } from "../tree/apply/apply-root.ts";
import type { MovedAway, PlacedContent } from "../tree/apply/bring-back-edited.ts";
import type { PlannedActions } from "../tree/apply/planned-actions.ts";
import type { ComparedFolder } from "../tree/diff-trees.ts";
import { fingerprintOfRow } from "../tree/file-fingerprint.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import type { WorkspaceFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import type { Workspace } from "./open-workspace.ts";
import { refreshIndex } from "./refresh-index.ts";

/** What a restore, an undo or a redo is about to do: enough to finish it after a crash. */
export interface MovePlan {
  /** Names the intent, the staging folder and the line in the log. */
  readonly id: string;
  readonly operation: "restore" | "undo" | "redo";
  readonly reason: string;
  /** The snapshot whose content is wanted. */
  readonly target: SnapshotId;
  /** The snapshot that holds the workspace as it was; null when unsaved work was given up. */
  readonly before: SnapshotId | null;
  /** From the root of the workspace; empty for all of it. */
  readonly paths: readonly RawPath[];
  /** Where head and latest go. */
  readonly expected: SnapshotId | undefined;
  readonly head: SnapshotId | undefined;
  readonly latest: SnapshotId | undefined;
  readonly refs: Readonly<Record<string, RefMove>>;
  readonly actor: Actor;
}

/** A plan together with what it takes to carry it out. */
export interface MoveWork {
  readonly ctx: Context;
  readonly workspace: Workspace;
  readonly folder: WorkspaceFolder;
  readonly target: Descriptor;
  /** What was scanned. */
  readonly table: ScanTable;
  readonly actions: PlannedActions;
  /** What of the target was held against the table; see planMove. */
  readonly compared: ReadonlyMap<RawPath, ComparedFolder>;
  /** How much of the workspace had to be read, which no index may tell yet. */
  readonly readBefore: number;
  /** The intent of a killed process is there already, and what it says has begun. */
  readonly isResumed?: boolean;
}

/**
 * Carries out the plan: intent, files, head, log. The caller holds the lock of the worktree and has
 * kept what was unsaved.
 *
 * @throws before anything in the workspace has changed: E_NO_SPACE and other failures to stage,
 *   E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED. Later failures are issues of the report.
 */
export async function moveWorkspace(plan: MovePlan, work: MoveWork): Promise<RestoreIssue[]> {
  const { repo, worktree } = work.workspace;
  const intent = { id: plan.id, kind: "restore", worktree: worktree.name } as const;
  failPoint("restore-intent");
  writeDown(plan, work);
  const staging = openStaging(repo, work.workspace.path, {
    id: plan.id,
    worktree: worktree.name,
  });
  using staged = await stage(work, { intent, staging });
  // From here on names move: whatever fails now is taken up again by the next command.
  const applied = (await staged?.apply()) ?? { issues: [], isClean: true };
  const root = plan.paths.length === 0 ? restoreRoot(work) : [];
  finishMove(repo, plan, worktree.name);
  failPoint("restore-finished");
  if (applied.isClean) {
    removeDraft(staging);
    removeIntent(repo, intent);
  }
  const issues = [...applied.issues, ...root];
  await refreshIndex({ ...work, issues });
  return issues;
}

/** It tells of each file that goes. */
function writeDown(plan: MovePlan, work: MoveWork): void {
  const { repo } = work.workspace;
  const intent = intentOf(plan, work);
  if (work.isResumed === true) replaceIntent(repo, intent);
  else writeIntent(repo, intent, { sync: work.actions.length > 0 });
}

function intentOf(plan: MovePlan, { ctx, workspace, actions, table }: MoveWork): Intent {
  const victims = pieces(actions, (action) => victimOf(action, table));
  const touched = pieces(actions, (action) => looksOf(action, table));
  return {
    id: plan.id,
    kind: "restore",
    worktree: workspace.worktree.name,
    started_at: ctx.now().toISOString(),
    pid: ctx.actor.pid,
    data: { plan, victims, touched },
  };
}

/** What that leaves behind, in the measure of {@link Garbage}. */
const THINGS_EACH = 3;

/** What is written of each action when it is its turn. */
function pieces<Piece>(actions: PlannedActions, of: (action: Action) => Piece[]): Iterable<Piece> {
  const garbage = new Garbage();
  const one = (action: Action): Piece[] => {
    garbage.add(THINGS_EACH);
    return of(action);
  };
  return { [Symbol.iterator]: () => actions[Symbol.iterator]().flatMap(one) };
}

/** What a crash would leave in the staging folder, and how to tell whether it was edited. */
function victimOf(action: Action, table: ScanTable): MovedAway[] {
  if ((action.kind !== "place" && action.kind !== "remove") || action.row === undefined) return [];
  const { path, staged, row } = action;
  const placed = action.kind === "place" ? placedContentOf(action.entry) : null;
  return [{ path, staged, was: fingerprintOfRow(table, row), placed }];
}

function looksOf(action: Action, table: ScanTable): { path: RawPath; was: string }[] {
  if (action.kind !== "touch" || action.entry.kind === "d") return [];
  return [{ path: action.path, was: fingerprintOfRow(table, action.row) }];
}

function placedContentOf({ kind, size, mtime, content }: Entry): PlacedContent {
  return { kind, size, mtime, content };
}

function restoreRoot({ folder, target, table, workspace }: MoveWork): RestoreIssue[] {
  return applyRoot(folder.fd, target, { table, content: workspace.store });
}

/** Writes what is new; when that fails, nothing has happened. */
async function stage(
  { ctx, workspace, folder, table, actions, isResumed }: MoveWork,
  { intent, staging }: { intent: Pick<Intent, "id" | "kind" | "worktree">; staging: string },
): Promise<StagedPlan | undefined> {
  if (actions.length === 0) return undefined;
  try {
    return await stagePlan(actions, {
      root: folder.fd,
      table,
      staging,
      tag: shortId(intent.id as SnapshotId),
      content: workspace.store,
      owner: { uid: table.uid[0] as number, gid: table.gid[0] as number },
      progress: ctx.progress,
    });
  } catch (error) {
    removeDraft(staging);
    // What a killed process had begun is still to be finished.
    if (isResumed !== true) removeIntent(workspace.repo, intent);
    throw error;
  }
}

/** The last steps, which may be done twice: the head moves, the log tells of it. */
export function finishMove(repo: Repo, plan: MovePlan, worktree: string): void {
  moveHead(repo, worktree, { expected: plan.expected, head: plan.head, latest: plan.latest });
  appendOperation(repo, {
    operation: plan.operation,
    actor: plan.actor,
    target: plan.target,
    reason: plan.reason,
    refs: plan.refs,
    now: new Date(),
    event_id: plan.id,
  });
  // The intent goes next; after a power cut the log must still know what was done.
  syncLog(repo);
}
