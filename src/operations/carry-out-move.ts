import type { RefMove } from "../model/operation.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { RestoreIssue, RestoreReport } from "../model/reports.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import type { Scan } from "../tree/scan-result.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import type { Context } from "./context.ts";
import { ListedChanges } from "./listed-changes.ts";
import { readLiveState } from "./live-state.ts";
import { type MovePlan, moveWorkspace } from "./move-workspace.ts";
import { newId } from "./new-id.ts";
import type { Workspace } from "./open-workspace.ts";
import { partialFields } from "./partial-paths.ts";
import { type PlannedMove, planMove } from "./plan-move.ts";
import { holdsState } from "./tree-of.ts";

/** A move of the workspace to the content of a snapshot. */
export interface MoveRequest {
  readonly target: Descriptor;
  /** From the root of the workspace; empty for all of it. */
  readonly paths: readonly RawPath[];
  /** Give up unsaved work instead of keeping it. */
  readonly discard: boolean;
  readonly operation: MovePlan["operation"];
  readonly reason: string;
  readonly head: SnapshotId | undefined;
  readonly latest: SnapshotId | undefined;
  /** For undo and redo: the operation it is about. */
  readonly undoes: number | undefined;
  /** The user typed the paths, see MoveGoal. */
  readonly mustExist?: boolean;
  /** A snapshot that may hold the workspace as it is, besides head. */
  readonly knownAs: SnapshotId | undefined;
}

/** The workspace as it is, and the snapshot that holds it: null when its unsaved work is given up. */
interface Before {
  readonly scan: Scan;
  readonly kept: Descriptor | null;
  /** Whether `kept` was taken just now. */
  readonly isNew: boolean;
}

/** Keeps what is unsaved, then moves the workspace. The caller holds the lock. */
export async function carryOut(
  ctx: Context,
  workspace: Workspace,
  request: MoveRequest,
): Promise<RestoreReport> {
  const before = await keepBefore(ctx, workspace, request);
  const planned = await planMove(workspace.store, before.scan, {
    ...request,
    rejoins: request.operation !== "restore",
  });
  const plan = makePlan(ctx, workspace, { request, before: before.kept });
  using folder = openWorkspaceFolder(workspace.path);
  const { target } = request;
  const issues = await moveWorkspace(plan, {
    ctx,
    workspace,
    folder,
    target,
    table: before.scan.table,
    actions: planned.actions,
    compared: planned.compared,
    readBefore: before.scan.changed.length,
  });
  return report(request, planned, {
    status: "restored",
    issues,
    safety: before.isNew ? (before.kept?.snapshot_id ?? null) : null,
  });
}

/** What {@link carryOut} would do. Writes nothing. */
export async function preview(
  ctx: Context,
  workspace: Workspace,
  request: Pick<MoveRequest, "target" | "paths" | "head" | "latest" | "mustExist">,
): Promise<RestoreReport> {
  const { scan } = await readLiveState(ctx, workspace);
  const planned = await planMove(workspace.store, scan, request);
  return report(request, planned, { status: "planned", issues: [], safety: null });
}

async function keepBefore(
  ctx: Context,
  workspace: Workspace,
  { discard, knownAs }: MoveRequest,
): Promise<Before> {
  const { repo, worktree } = workspace;
  const known = new Set([worktree.head_snapshot_id, knownAs].filter((id) => id !== undefined));
  const descriptors = [...known].map((id) => readDescriptor(repo, id));
  if (discard) {
    const { scan, tree } = await readLiveState(ctx, workspace);
    const same = descriptors.find((descriptor) => holdsState(descriptor, tree));
    return { scan, kept: same ?? null, isNew: false };
  }
  const { descriptor, unchanged, scan } = await captureSnapshot(ctx, workspace, {
    kind: "safety",
    note: "",
    tags: [],
    meta: {},
    allowUnstable: true,
    unlessAs: descriptors,
    isPassing: true,
  });
  return { scan, kept: descriptor, isNew: !unchanged };
}

function makePlan(
  ctx: Context,
  { worktree }: Workspace,
  { request, before }: { request: MoveRequest; before: Descriptor | null },
): MovePlan {
  const { operation, reason, target, paths, head, latest, undoes } = request;
  const kept = before?.snapshot_id ?? null;
  const ref = (name: string): string => `${worktree.name}/${name}`;
  const refs: Record<string, RefMove> = {
    [ref("head")]: [worktree.head_snapshot_id ?? null, head ?? null],
    [ref("latest")]: [worktree.latest_snapshot_id ?? null, latest ?? null],
    [ref("files")]: [kept, target.snapshot_id],
    ...(paths.length === 0
      ? {}
      : { [ref("paths")]: [JSON.stringify(paths), JSON.stringify(paths)] }),
    ...(undoes === undefined ? {} : { undoes: [null, String(undoes)] }),
  };
  return {
    id: newId(ctx),
    operation,
    reason,
    target: target.snapshot_id,
    before: kept,
    paths,
    expected: worktree.head_snapshot_id,
    head,
    latest,
    refs,
    actor: ctx.actor,
  };
}

function report(
  { target, paths, head, latest }: Pick<MoveRequest, "target" | "paths" | "head" | "latest">,
  planned: PlannedMove,
  done: {
    status: RestoreReport["status"];
    issues: readonly RestoreIssue[];
    safety: SnapshotId | null;
  },
): RestoreReport {
  const undone = new Set(
    done.issues.filter(({ kind }) => kind === "failed" || kind === "kept").map(({ path }) => path),
  );
  const links = { before: planned.liveLinks, after: planned.wantedLinks };
  const changes = new ListedChanges(planned.changes, { links, except: undone });
  return {
    snapshot_id: target.snapshot_id,
    status: done.status,
    detached: head !== latest,
    at_latest: head === latest,
    safety_snapshot: done.safety,
    counts: changes.counts,
    changes,
    issues: [...planned.kept, ...done.issues],
    ...partialFields(paths.length === 0 ? undefined : paths),
  };
}
