/** What gc and du return: the values that `--json` prints. */
import type { RetentionPolicy } from "./retention.ts";
import type { SnapshotId, SnapshotKind } from "./snapshot.ts";

/** Why gc keeps a snapshot, or would remove it. */
export interface GcReason {
  readonly snapshot: SnapshotId;
  readonly keep: boolean;
  readonly reason: string;
}

/** What gc would do. The first keys are those of the older jvs, in its order. */
export interface GcPlan {
  readonly plan_id: string;
  readonly created_at: string;
  readonly protected_set: readonly SnapshotId[];
  readonly protected_by_pin: number;
  readonly protected_by_lineage: number;
  readonly protected_by_retention: number;
  readonly candidate_count: number;
  readonly to_delete: readonly SnapshotId[];
  /** What gc run frees on disk if nothing changes meanwhile: exact, what is shared counts once. */
  readonly deletable_bytes_estimate: number;
  /** The peer's two fixed rules; ours are in `retention`. */
  readonly retention_policy: { readonly keep_min_snapshots: number; readonly keep_min_age: number };
  readonly retention: RetentionPolicy;
  readonly reasons: readonly GcReason[];
  /** Packs that cannot be read well enough to be swept. */
  readonly damaged_packs: readonly string[];
  /** Whose snapshots it is about. */
  readonly repo_id: string;
}

export interface GcResult {
  readonly plan_id: string;
  readonly removed: readonly SnapshotId[];
  /** Bytes on disk. */
  readonly freed_bytes: number;
  readonly packs_removed: number;
  readonly packs_rewritten: number;
  readonly stored_bytes: number;
  readonly warnings: readonly string[];
}

export interface SnapshotUsage {
  readonly snapshot_id: SnapshotId;
  readonly created_at: string;
  readonly kind: SnapshotKind;
  readonly note: string;
  /** Sum of the file sizes. */
  readonly bytes: number;
  /** What its removal alone would leave without use in the store. */
  readonly only_bytes: number;
}

export interface UsageReport {
  /** Newest first. */
  readonly snapshots: readonly SnapshotUsage[];
  /** Objects that several snapshots hold. */
  readonly shared_bytes: number;
  /** Objects that no snapshot holds: gc removes them. */
  readonly garbage_bytes: number;
  /** Packs, their indexes, and large files. */
  readonly stored_bytes: number;
}

export interface PinReport {
  readonly snapshot_id: SnapshotId;
  readonly pinned_at: string;
  readonly reason: string;
  /** null: for good. */
  readonly expires_at: string | null;
  readonly expired: boolean;
  readonly note: string;
}
