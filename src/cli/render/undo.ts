import type { UndoReport } from "../../model/reports.ts";
import type { Review } from "../command.ts";
import { onOneLine } from "../terminal.ts";
import { describeCounts } from "./changes.ts";
import { reviewIssues } from "./losses.ts";
import { safetyLine } from "./safety-line.ts";
import { formatMinute } from "./times.ts";

export interface UndoWords {
  /** What was done to the operation: `Undid`. */
  readonly verb: string;
  /** The command that does the opposite. */
  readonly back: string;
}

/** What was taken back, or done again. */
export function renderUndo(report: UndoReport, { verb, back }: UndoWords): string {
  const { seq, operation, target, timestamp, effect, restore } = report;
  const lines = [
    `${verb} ${operation} ${shortenIds(target)} (operation ${seq} of ${formatMinute(timestamp)})`,
    `  ${onOneLine(effect)}`,
  ];
  if (restore !== undefined && restore.changes.length > 0)
    lines.push(`  In the workspace: ${describeCounts(restore.counts)}`);
  const safety = safetyLine(restore?.safety_snapshot ?? null, back);
  return [...lines, ...(safety.length > 0 ? safety : [`${back} takes this back.`])].join("\n");
}

/** Files that could not be put back as they were. */
export function reviewUndo({ restore, worktree_issues = [] }: UndoReport): Review {
  return reviewIssues([...(restore?.issues ?? []), ...worktree_issues]);
}

/** Text with its snapshot ids as people type them. */
export function shortenIds(text: string): string {
  return text.replace(/\b\d{13}-([0-9a-f]{8})\b/g, "$1");
}
