import type { SnapshotId } from "./snapshot.ts";

/** The record of one workspace, as it stands in `worktrees/<name>.json`. */
export interface Worktree {
  readonly name: string;
  /** Relative to the folder that holds `.jvs`; "." for the folder itself, absolute for forks elsewhere. */
  readonly path: string;
  /** What it was forked from. */
  readonly base_snapshot_id?: SnapshotId;
  /** What the workspace stands on. */
  readonly head_snapshot_id?: SnapshotId;
  /** The newest snapshot taken here; when head is another one, the workspace is detached. */
  readonly latest_snapshot_id?: SnapshotId;
  readonly created_at: string;
}

/** Whether the workspace stands on an older snapshot than its newest. */
export function isDetached(worktree: Worktree): boolean {
  return worktree.latest_snapshot_id !== worktree.head_snapshot_id;
}
