import type { SnapshotId } from "./snapshot.ts";

/** Which snapshots of one kind to keep. What any `keep_` rule names is kept; then `max_bytes` has a say. */
export interface RetentionRules {
  readonly keep_last?: number;
  readonly keep_hourly?: number;
  readonly keep_daily?: number;
  readonly keep_weekly?: number;
  readonly keep_monthly?: number;
  /** Milliseconds. */
  readonly keep_within?: number;
  /** Tags, `*` for any characters. Without it every tag keeps its snapshot. */
  readonly keep_tags?: readonly string[];
  /** The oldest go until what the others added to the store is no more than this. */
  readonly max_bytes?: number;
}

/** Rules for snapshots made by hand and for automatic ones; where there are none, the history is kept whole. */
export interface RetentionPolicy {
  readonly manual?: RetentionRules;
  readonly auto?: RetentionRules;
}

/** What limits automatic snapshots, whatever the policy says. */
export interface AutoLimits {
  readonly auto_max_bytes: number;
  readonly auto_max_count: number;
  /** Milliseconds. */
  readonly auto_max_age: number;
}

/** What rules look at. */
export interface RetainedSnapshot {
  readonly snapshot_id: SnapshotId;
  readonly created_at: string;
  readonly tags?: readonly string[];
  readonly stored_bytes: number;
}

/** Which snapshots the rules keep, and by which rule, in words. `newestFirst` are those of one worktree and kind. */
export function applyRules(
  newestFirst: readonly RetainedSnapshot[],
  rules: RetentionRules,
  now: Date,
): Map<SnapshotId, string> {
  const kept = new Map<SnapshotId, string>();
  const named = keepRules(rules, now);
  // A limit of size alone keeps all that fits.
  if (named.length === 0) named.push(["max_bytes", () => true]);
  for (const [name, keeps] of named)
    for (const one of newestFirst.filter(keeps))
      if (!kept.has(one.snapshot_id)) kept.set(one.snapshot_id, name);
  dropBeyond(newestFirst, rules.max_bytes, kept);
  return kept;
}

type Keeps = (snapshot: RetainedSnapshot) => boolean;

function keepRules(rules: RetentionRules, now: Date): [string, Keeps][] {
  const { keep_last, keep_within, keep_tags } = rules;
  const found: [string, Keeps][] = [];
  if (keep_tags !== undefined)
    found.push(["keep_tags", ({ tags = [] }) => tags.some((tag) => fitsAny(tag, keep_tags))]);
  if (keep_last !== undefined) found.push([`keep_last ${keep_last}`, first(keep_last)]);
  if (keep_within !== undefined) {
    const since = now.getTime() - keep_within;
    found.push(["keep_within", ({ created_at }) => Date.parse(created_at) >= since]);
  }
  for (const [key, periodOf] of Object.entries(PERIODS)) {
    const most = rules[key as keyof typeof PERIODS];
    if (most !== undefined) found.push([`${key} ${most}`, newestOfEach(most, periodOf)]);
  }
  return found;
}

/** Periods in UTC, as the times in lists are. A week begins on Monday. */
const PERIODS = {
  keep_hourly: (time: string): string => new Date(time).toISOString().slice(0, 13),
  keep_daily: (time: string): string => new Date(time).toISOString().slice(0, 10),
  keep_weekly: (time: string): string =>
    String(Math.floor((Date.parse(time) / 86_400_000 + 3) / 7)),
  keep_monthly: (time: string): string => new Date(time).toISOString().slice(0, 7),
};

function first(count: number): Keeps {
  let left = count;
  return () => left-- > 0;
}

/** The newest of each of the last `most` periods that have any. */
function newestOfEach(most: number, periodOf: (time: string) => string): Keeps {
  const seen = new Set<string>();
  return ({ created_at }) => {
    const period = periodOf(created_at);
    if (seen.has(period) || seen.size >= most) return false;
    seen.add(period);
    return true;
  };
}

function dropBeyond(
  newestFirst: readonly RetainedSnapshot[],
  most: number | undefined,
  kept: Map<SnapshotId, string>,
): void {
  if (most === undefined) return;
  let sum = 0;
  for (const { snapshot_id: id, stored_bytes: bytes } of newestFirst) {
    if (!kept.has(id)) continue;
    sum += bytes;
    if (sum > most) kept.delete(id);
  }
}

/** Whether the tag is one of those that `patterns` name. */
export function fitsAny(tag: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => RegExp.escape(part));
    return new RegExp(`^${parts.join(".*")}$`).test(tag);
  });
}
