import type { ChangeCounts, ChangeType, PathKind } from "./change.ts";
import type { SnapshotId } from "./snapshot.ts";

/** What several worktrees did since the snapshot that all of them come from. */
export interface CompareReport {
  /** null: they have no snapshot in common, so each is compared with nothing. */
  readonly base_snapshot_id: SnapshotId | null;
  readonly base_note: string;
  readonly base_created_at: string | null;
  readonly worktrees: readonly ComparedWorktree[];
  /** Sorted by path. */
  readonly paths: readonly ComparedPath[];
  /** How many paths more than one worktree touched: `same`, they end up alike; `differ`, they do not. */
  readonly overlaps: { readonly same: number; readonly differ: number };
}

export interface ComparedWorktree {
  readonly name: string;
  readonly head_snapshot_id: SnapshotId | null;
  /** Some of it is not in a snapshot yet. */
  readonly unsaved: boolean;
  readonly counts: ChangeCounts;
}

/** `none`: only one worktree touched it. */
export type Overlap = "none" | "same" | "differ";

export interface ComparedPath {
  readonly path: string;
  readonly path_base64?: string;
  readonly kind: PathKind;
  /** By worktree; those that did not touch it are left out. */
  readonly changes: Readonly<Record<string, ChangeType>>;
  readonly overlap: Overlap;
}
