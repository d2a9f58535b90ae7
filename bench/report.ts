import { describeMachine, type Machine } from "./machine.ts";
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
  readonly rows: readonly Row[];
}

export type Findings = Omit<Report, "machine">;

export function makeReport(findings: Findings): Report {
  return { machine: describeMachine(), ...findings };
}

/** What stands below the table. */
export function renderFoot({ machine, versions, load, notMeasured, rows }: Report): string {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  const met = judged.filter(({ isMet }) => isMet);
  return [
    ...notMeasured.map((what) => `NOT MEASURED ${what}`),
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.kernel}; load ${load.join(" -> ")}`,
    Object.values(versions).join("; "),
    `${met.length} of ${judged.length} goals met`,
  ].join("\n");
}
