/** What operations on worktrees return, see reports.ts. */
import type { Loss } from "./entry.ts";
import type { RestoreIssue } from "./reports.ts";
import type { SnapshotId } from "./snapshot.ts";
import type { Worktree } from "./worktree.ts";

export interface WorktreeMade {
  readonly worktree: Worktree;
  /** Where it is. Absolute. */
  readonly path: string;
  /** The snapshot that it holds; null for an empty folder. */
  readonly from: SnapshotId | null;
  readonly issues: readonly RestoreIssue[];
  /** For a fork of one word: how that word was understood. */
  readonly reading?: string;
}

export interface WorktreeRemoved {
  readonly removed: string;
  readonly path: string;
  /** Holds what was unsaved; null when nothing was. */
  readonly safety_snapshot: SnapshotId | null;
  /** Paths that ignore rules keep out of snapshots: they are gone. */
  readonly ignored: number;
  /** With `force`: what no snapshot could hold. It is gone. */
  readonly lost: readonly Loss[];
  /** The folder in which what the system would not remove still lies; null when all is gone. */
  readonly left: string | null;
}

export interface WorktreeRenamed {
  readonly from: string;
  readonly worktree: Worktree;
  readonly path: string;
}

/** `missing`: its folder is not there. `unreadable`: it could not be looked at. */
export type WorktreeState = "clean" | "dirty" | "missing" | "unreadable";

export interface ListedWorktree {
  readonly worktree: Worktree;
  readonly path: string;
  /** The user stands in it. */
  readonly current: boolean;
  readonly detached: boolean;
  readonly head_created_at: string | null;
  /** null when it was not asked for. */
  readonly state: WorktreeState | null;
  /** Paths that differ from head. */
  readonly changed: number | null;
  readonly entries: number | null;
  readonly bytes: number | null;
}

export interface WorktreeListReport {
  /** Sorted by name. */
  readonly worktrees: readonly ListedWorktree[];
  readonly now: string;
  readonly warnings: readonly string[];
}
