import { inWords } from "../../model/raw-path.ts";
import type { Worktree } from "../../model/worktree.ts";
import type { WorktreeMade } from "../../model/worktree-reports.ts";
import type { Review } from "../command.ts";
import { reviewIssues } from "./losses.ts";

/** The worktree as `--json` prints it: the keys that users of jvs know, in their order. Ours follow. */
export function toWorktreeObject(
  { name, base_snapshot_id, head_snapshot_id, latest_snapshot_id, created_at }: Worktree,
  more: Record<string, unknown>,
): Record<string, unknown> {
  return {
    name,
    ...(base_snapshot_id === undefined ? {} : { base_snapshot_id }),
    ...(head_snapshot_id === undefined ? {} : { head_snapshot_id }),
    ...(latest_snapshot_id === undefined ? {} : { latest_snapshot_id }),
    created_at,
    ...more,
  };
}

/** Where it is, and from which snapshot. */
export function madeLines({ worktree, path, from }: WorktreeMade): string[] {
  const place = inWords({ path });
  if (from === null) return [`Created worktree '${worktree.name}' at ${place}`];
  return [`Created worktree '${worktree.name}' from snapshot ${from}`, `Path: ${place}`];
}

/** What the system refused, and how a single word was understood. */
export function reviewMade({ issues, reading }: WorktreeMade): Review {
  const { warning, partial } = reviewIssues(issues);
  const lines = [...(reading === undefined ? [] : [`jvs: ${reading}`]), warning];
  return { warning: lines.filter((line) => line !== "").join("\n"), partial };
}
