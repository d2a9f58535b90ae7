import type { ErrorCode } from "./errors.ts";

export type Severity = "critical" | "error" | "warning" | "info";

/** Something that is not as it should be, or that people should know. */
export interface Finding {
  /** What part of the repository: `format`, `layout`, `worktree`, `lineage`, `audit`, `integrity`, ... */
  readonly category: string;
  readonly description: string;
  readonly severity: Severity;
  readonly error_code?: ErrorCode;
  /** Relative to the folder that holds `.jvs`. */
  readonly path?: string;
  /** Which check found it, such as `head-missing`. */
  readonly code: string;
  /** What to do about it. */
  readonly cure: string;
  /** The repair that mends it, if one does. */
  readonly repair?: RepairId;
  /** Of how many paths it tells, where they are many. */
  readonly count?: number;
  /** Whether the repository counts as damaged for it. */
  readonly unhealthy: boolean;
}

export type RepairId =
  | "clean_tmp"
  | "clean_intents"
  | "clean_locks"
  | "restore_layout"
  | "restore_records"
  | "seal_records"
  | "rebuild_indexes"
  | "acknowledge_log"
  | "rebuild_cache"
  | "heal_objects"
  | "replace_packs";

/** What can be repaired, as `--repair-list` shows it. */
export interface RepairAction {
  readonly id: RepairId;
  readonly description: string;
  readonly auto_safe: boolean;
}

/** A repair that was made. */
export interface Repair {
  readonly id: RepairId;
  /** In words: what was done. */
  readonly done: string;
  readonly count: number;
}

/** Facts about where the repository lies. */
export interface SystemFacts {
  readonly engine: string;
  /** Engines that might have been taken, and why they are not. */
  readonly passed_over: readonly { readonly name: string; readonly why: string }[];
  readonly file_system: string;
  readonly mount_point: string;
  readonly mount_options: readonly string[];
  /** What this user may still write. */
  readonly free_bytes: number;
  readonly total_bytes: number;
  /** Files that can still be made; null where the file system sets no limit. */
  readonly free_files: number | null;
}

export interface DoctorReport {
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  readonly repairs: readonly Repair[];
  readonly strict: boolean;
  /** Null where they could not be had. */
  readonly facts: SystemFacts | null;
}
