import type { GcPlan, GcReason, GcResult } from "../../model/gc-reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { countOf, formatSize } from "./numbers.ts";

/** The plan in words; `run` leads on to carrying it out. */
export function renderPlan(plan: GcPlan, { run }: { run: boolean }): string {
  const { plan_id, protected_by_lineage, protected_by_pin, protected_by_retention } = plan;
  const bytes = plan.deletable_bytes_estimate;
  const lines = [
    run ? `GC Plan: ${plan_id}` : "GC Plan (nothing is kept of it):",
    `  Protected by lineage: ${protected_by_lineage} snapshots`,
    `  Protected by pin: ${protected_by_pin} snapshots`,
    `  Protected by retention: ${protected_by_retention} snapshots`,
    `  To delete: ${plan.candidate_count} snapshots`,
    `  Estimated reclaim: ~${Math.round(bytes / 1e6)} MB (${formatSize(bytes)})`,
    ...plan.reasons.filter(({ keep }) => !keep).map(lineFor),
  ];
  return run ? [...lines, "", `Run: jvs gc run --plan-id ${plan_id}`].join("\n") : lines.join("\n");
}

function lineFor({ snapshot, reason }: GcReason): string {
  return `    ${shortId(snapshot)}  ${reason}`;
}

/** What was done. */
export function renderResult({ removed, freed_bytes, stored_bytes }: GcResult): string {
  return [
    "GC completed successfully.",
    `  Removed: ${countOf(removed.length, "snapshot")}`,
    `  Freed: ${formatSize(freed_bytes)}; the store now takes ${formatSize(stored_bytes)}`,
  ].join("\n");
}

/** Warnings of a run, for stderr. */
export function warningsOf({ warnings }: Pick<GcResult, "warnings">): string {
  return warnings.map((warning) => `jvs: warning: ${warning}`).join("\n");
}
