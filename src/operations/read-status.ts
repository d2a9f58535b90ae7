import type { SnapshotBrief, StatusReport } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { isDetached } from "../model/worktree.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { compareWithLive } from "./compare-with-live.ts";
import type { Context } from "./context.ts";
import { lookAtWorkspace } from "./live-state.ts";
import { openForReading } from "./lock-workspace.ts";
import { withSealed } from "./seal/seal-pending.ts";

/** What in the workspace differs from the snapshot it stands on. Changes nothing. */
export function readStatus(ctx: Context): Promise<StatusReport> {
  return withSealed(ctx, () => lookAtStatus(ctx));
}

async function lookAtStatus(ctx: Context): Promise<StatusReport> {
  const workspace = await openForReading(ctx);
  const { repo, worktree } = workspace;
  const head =
    worktree.head_snapshot_id === undefined
      ? null
      : readDescriptor(repo, worktree.head_snapshot_id);
  const live = await lookAtWorkspace(ctx, workspace);
  const changes = compareWithLive(workspace, head, live);
  return {
    repo_root: repo.layout.root,
    worktree: worktree.name,
    workspace: workspace.path,
    head: head === null ? null : briefOf(head),
    latest_snapshot_id: worktree.latest_snapshot_id ?? null,
    detached: isDetached(worktree),
    clean: head !== null && changes.length === 0,
    changes,
    counts: changes.counts,
    ignored: live.scan.ignored,
    losses: live.losses,
  };
}

function briefOf({ snapshot_id, created_at, note = "", tags = [] }: Descriptor): SnapshotBrief {
  return { snapshot_id, created_at, note, tags };
}
