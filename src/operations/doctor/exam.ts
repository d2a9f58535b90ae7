import { relative } from "node:path";
import type { Finding } from "../../model/doctor-report.ts";
import type { DescriptorList } from "../../repo/descriptors.ts";
import type { LogInspection } from "../../repo/inspect-log.ts";
import type { Intent } from "../../repo/intents.ts";
import type { WorktreeList } from "../../repo/worktrees.ts";
import type { Context } from "../context.ts";
import type { Repository } from "../open-workspace.ts";

/** A repository under examination, as it was when that began. */
export interface Exam extends Repository {
  readonly ctx: Context;
  /** Also read all content. */
  readonly strict: boolean;
  readonly descriptors: DescriptorList;
  readonly worktrees: WorktreeList;
  /** Read after the records and before the log: what is not in it is logged by then. */
  readonly intents: readonly Intent[];
  readonly log: LogInspection;
}

/** A finding as a check words it. `path` is absolute; what is critical or an error is unhealthy unless it says otherwise. */
export type NewFinding = Omit<Finding, "unhealthy" | "path"> & {
  readonly path?: string;
  readonly unhealthy?: boolean;
};

/** The finding with its keys in the order that `--json` shows. */
export function makeFinding(root: string, found: NewFinding): Finding {
  const { category, description, severity, error_code, path, code, cure } = found;
  const { repair, count, unhealthy } = found;
  return {
    category,
    description,
    severity,
    ...(error_code === undefined ? {} : { error_code }),
    ...(path === undefined ? {} : { path: relative(root, path) || "." }),
    code,
    cure,
    ...(repair === undefined ? {} : { repair }),
    ...(count === undefined ? {} : { count }),
    unhealthy: unhealthy ?? (severity === "critical" || severity === "error"),
  };
}
