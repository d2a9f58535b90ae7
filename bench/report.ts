import type { Machine } from "./machine.ts";
import type { Row } from "./row.ts";

/** What --json writes and check.ts reads. */
export interface Report {
  readonly machine: Machine;
  /** First line of what each program says about itself. */
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: string;
  /** Load of the machine before and after: the bench alone makes about 1. */
  readonly load: readonly [number, number];
  readonly notMeasured: readonly string[];
  /** Cases that broke off, and why; the contests before that count. */
  readonly failed: readonly string[];
  readonly rows: readonly Row[];
}

/** What stands below the table. */
export function renderFoot({ machine, versions, load, notMeasured, failed, rows }: Report): string {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  const met = judged.filter(({ isMet }) => isMet);
  return [
    ...notMeasured.map((what) => `NOT MEASURED ${what}`),
    ...failed.map((what) => `FAILED ${what}`),
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.kernel}; load ${load.join(" -> ")}`,
    Object.values(versions).join("; "),
    `${met.length} of ${judged.length} goals met`,
  ].join("\n");
}
