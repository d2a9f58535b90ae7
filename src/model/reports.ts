/** What operations return: the values that `--json` prints and that commands render for people. */
import type { ChangeCounts, ChangeList } from "./change.ts";
import type { Loss, ObjectId } from "./entry.ts";
import type { PathFields } from "./raw-path.ts";
import type { Descriptor, SnapshotId, SnapshotKind } from "./snapshot.ts";

export interface InitReport {
  readonly format_version: 2;
  readonly repo_id: string;
  readonly repo_root: string;
  readonly layout: "project" | "in-place";
  readonly workspace: string;
  readonly engine: string;
  /** The folder lies on btrfs and is no subvolume, so that a snapshot takes longer the more is in it. */
  readonly could_be_subvolume?: true;
  /** With `--subvolume`, where the folder was none before. */
  readonly conversion?: ConversionReport;
}

/** A folder was made a subvolume: another one with the same content has its place. */
export interface ConversionReport {
  /** The folder that was there before, where it had to be kept. */
  readonly kept?: { readonly path: string; readonly why: string };
  /** What may be otherwise in the one that was kept. */
  readonly late: readonly PathFields[];
  /** Files that had names outside of the folder, and are files of their own now. */
  readonly parted: readonly PathFields[];
  /** Programs that stand in the folder that was there before. */
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
}

export interface SnapshotReport {
  /** The new snapshot, or with `unchanged` the one that already holds this state. */
  readonly descriptor: Descriptor;
  /** `--if-changed` found nothing new, so nothing was written. */
  readonly unchanged: boolean;
  readonly warnings: readonly string[];
  /** With `--compress`: the files that were compressed for it. */
  readonly compressed_files?: number;
}

/** A snapshot in a few words. */
export interface SnapshotBrief {
  readonly snapshot_id: SnapshotId;
  readonly created_at: string;
  readonly note: string;
  readonly tags: readonly string[];
}

export interface StatusReport {
  readonly repo_root: string;
  readonly worktree: string;
  readonly workspace: string;
  /** What the workspace stands on; null before the first snapshot. */
  readonly head: SnapshotBrief | null;
  readonly latest_snapshot_id: SnapshotId | null;
  readonly detached: boolean;
  /** Nothing differs from head. */
  readonly clean: boolean;
  readonly changes: ChangeList;
  readonly counts: ChangeCounts;
  /** Paths that ignore rules keep out of snapshots. */
  readonly ignored: number;
  /** What a snapshot taken now would not hold. */
  readonly losses: readonly Loss[];
}

export interface HistoryQuery {
  /** 0 means all. */
  readonly limit: number;
  readonly grep?: string;
  readonly tag?: string;
  /** Every snapshot of the repository, not only those that lead to head. */
  readonly all: boolean;
  readonly kind?: SnapshotKind | "all";
}

export interface HistoryReport {
  /** Newest first, after filters. */
  readonly snapshots: readonly Descriptor[];
  /** How many there were before filters and limit. */
  readonly total: number;
  readonly head: SnapshotId | null;
  readonly latest: SnapshotId | null;
  readonly detached: boolean;
  /** Descriptors that could not be read: named, not hidden. */
  readonly warnings: readonly string[];
}

export interface DiffQuery {
  readonly from?: string;
  readonly to?: string;
  /** Paths or glob patterns, as typed, relative to the current folder; empty for all. */
  readonly paths: readonly string[];
  /** Also make hunks for text files. */
  readonly patch: boolean;
}

export interface DiffReport {
  /** null: the workspace (or, on the from side, before any snapshot: the empty tree). */
  readonly from_snapshot_id: SnapshotId | null;
  readonly to_snapshot_id: SnapshotId | null;
  readonly from_time: string | null;
  readonly to_time: string | null;
  /** In words, such as `workspace against HEAD`. */
  readonly compared: string;
  readonly added: ChangeList;
  readonly removed: ChangeList;
  readonly modified: ChangeList;
  readonly renamed: ChangeList;
  readonly metadata: ChangeList;
  readonly total_added: number;
  readonly total_removed: number;
  readonly total_modified: number;
  readonly total_renamed: number;
  readonly total_metadata: number;
  readonly patches?: readonly FilePatch[];
}

export interface FilePatch {
  readonly path: string;
  readonly path_base64?: string;
  readonly old_path?: string;
  readonly kind: "text" | "binary" | "too-large";
  /** Unified diff with `---`/`+++` lines, "" for binary. */
  readonly text: string;
  readonly added_lines: number;
  readonly removed_lines: number;
}

export interface RestoreQuery {
  readonly ref: string;
  /** Paths or glob patterns relative to the current folder; empty for the whole workspace. */
  readonly paths: readonly string[];
  readonly dryRun: boolean;
  /** Take no safety snapshot: unsaved work is gone for good. */
  readonly discard: boolean;
}

/** A path that a restore did not, or not wholly, bring to the wanted state. */
export interface RestoreIssue {
  readonly path: string;
  /**
   * `conflict`: edited meanwhile, the edited file is kept as `kept_as`; `kept`: left in place;
   * `degraded`: an attribute was refused; `lost`: no snapshot holds it.
   */
  readonly kind: "conflict" | "kept" | "degraded" | "failed" | "lost";
  readonly why: string;
  readonly kept_as?: string;
  /** The bytes of `path` in base64, where they are no UTF-8; `kept_as` then has its escapes. */
  readonly path_base64?: string;
}

export interface RestoreReport {
  readonly snapshot_id: SnapshotId;
  readonly status: "restored" | "planned";
  readonly detached: boolean;
  /** `restore HEAD` and the like: back on the newest snapshot. */
  readonly at_latest: boolean;
  /** Holds what was unsaved before; null when nothing was (or with `discard`). */
  readonly safety_snapshot: SnapshotId | null;
  readonly counts: ChangeCounts;
  /** What was (or with a dry run: would be) changed in the workspace. */
  readonly changes: ChangeList;
  readonly issues: readonly RestoreIssue[];
  readonly partial_paths?: readonly string[];
  /** The same as bytes, where one of them is no UTF-8. */
  readonly partial_paths_base64?: readonly string[];
}

export interface UndoReport {
  /** The operation taken back (undo) or done again (redo). */
  readonly seq: number;
  readonly operation: string;
  readonly target: string;
  readonly timestamp: string;
  /** In words: what is now different. */
  readonly effect: string;
  readonly head: SnapshotId | null;
  /** Present when files were put back. */
  readonly restore?: RestoreReport;
  /** What the system refused of a worktree that was brought back. */
  readonly worktree_issues?: readonly RestoreIssue[];
}

export interface ShowReport {
  readonly descriptor: Descriptor;
  readonly is_head: boolean;
  readonly is_latest: boolean;
  /** What this snapshot changed against its parent (against nothing for the first). */
  readonly changes: ChangeList;
  readonly counts: ChangeCounts;
}

export interface ListedEntry {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "fifo";
  /** Octal such as "0644". */
  readonly mode: string;
  readonly size: number;
  /** RFC 3339 UTC with nanoseconds, null for folders and links. */
  readonly mtime: string | null;
  readonly hash: ObjectId;
  /** For links: the target as text, and its bytes where they are no UTF-8. */
  readonly target?: string;
  readonly target_base64?: string;
  readonly path_base64?: string;
}

export interface ListReport {
  readonly snapshot_id: SnapshotId;
  readonly entries: readonly ListedEntry[];
}

export interface ExportReport {
  readonly snapshot_id: SnapshotId;
  readonly target: string;
  readonly format: "folder" | "tar";
  readonly entries: number;
  readonly bytes: number;
  readonly issues: readonly RestoreIssue[];
}

export interface UpgradeReport {
  readonly repo_root: string;
  /** `current`: there was nothing to upgrade. */
  readonly status: "upgraded" | "current";
  readonly snapshots: number;
  readonly worktrees: number;
  readonly operations: number;
  readonly pins: number;
  /** The control folder as it was, null when it is not (any more) there. */
  readonly old_control_folder: string | null;
  /** `--remove-old` did so. */
  readonly removed_old: boolean;
  /** What was found damaged, and what became of it. */
  readonly damaged: readonly UpgradeFault[];
  /** Worth knowing, but no damage. */
  readonly notes: readonly string[];
}

export interface UpgradeFault {
  /** A snapshot id, or what else it is about. */
  readonly what: string;
  readonly why: string;
  /** What was done about it. */
  readonly outcome: string;
}

/** Whether an engine works here. */
export interface EngineProbe {
  readonly name: string;
  readonly usable: boolean;
  /** "" when it is usable. */
  readonly why: string;
}

export interface InfoReport {
  readonly format_version: number;
  readonly repo_id: string;
  readonly repo_root: string;
  readonly snapshot_engine: string;
  readonly total_snapshots: number;
  /** Those among them whose content is not hashed yet; absent where there are none. */
  readonly pending_snapshots?: number;
  readonly total_worktrees: number;
  readonly layout: "project" | "in-place";
  readonly workspace: string | null;
  readonly file_system: string;
  /** Bytes below `.jvs/objects`. */
  readonly stored_bytes: number;
  /** What each engine says about this place. */
  readonly engines: readonly EngineProbe[];
  readonly version: string;
}

/** What `jvs view --close` returns. */
export interface ViewsClosed {
  readonly closed: readonly SnapshotId[];
}

/** What `jvs seal` returns. */
export interface SealReport {
  /** Those that were pending and are not any more. */
  readonly sealed: readonly SnapshotId[];
  /** Those that are damaged, and why. */
  readonly damaged: readonly { readonly snapshot_id: SnapshotId; readonly why: string }[];
}
