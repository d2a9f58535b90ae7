import { basename } from "node:path";
import { inspectLayout, inspectVersion, type LayoutFault } from "../../repo/inspect-layout.ts";
import type { Layout } from "../../repo/layout.ts";
import type { NewFinding } from "./exam.ts";

/** `format_version`: nothing else may be looked at where it does not fit. */
export function* checkVersion(layout: Layout): Generator<NewFinding> {
  for (const fault of inspectVersion(layout)) yield findingOf(fault);
}

/** Folders and fixed files of `.jvs`. */
export function* checkLayout(layout: Layout): Generator<NewFinding> {
  for (const fault of inspectLayout(layout))
    if (fault.path !== layout.formatVersion) yield findingOf(fault);
}

const REPAIR = "jvs doctor --repair puts it right";

/** How bad each fault is, and what to do. */
const MEANINGS: Readonly<
  Record<LayoutFault["kind"], Omit<NewFinding, "description" | "path" | "code">>
> = {
  "no-version": {
    category: "format",
    severity: "critical",
    error_code: "E_FORMAT_UNSUPPORTED",
    cure: "Write the version that the repository has into it, as a line: 2",
  },
  "wrong-version": {
    category: "format",
    severity: "critical",
    error_code: "E_FORMAT_UNSUPPORTED",
    cure: "Below 2: jvs upgrade. Above 2: install a newer jvs",
  },
  "wrong-text": { category: "layout", severity: "error", cure: REPAIR, repair: "restore_layout" },
  "missing-folder": {
    category: "layout",
    severity: "warning",
    cure: REPAIR,
    repair: "restore_layout",
  },
  "no-folder": {
    category: "layout",
    severity: "error",
    cure: "Move what is there away; jvs doctor --repair then makes the folder",
  },
  stray: {
    category: "layout",
    severity: "info",
    cure: "Move it out of .jvs; it is neither read nor removed",
  },
  "open-to-others": {
    category: "layout",
    severity: "warning",
    cure: "chmod 700 .jvs: it keeps what files held before their modes were tightened",
  },
};

/** A repository without these has lost something; other folders are made where they are needed. */
const VITAL = new Set(["descriptors", "worktrees", "packs"]);

function findingOf({ path, kind, why }: LayoutFault): NewFinding {
  const isVital = kind === "missing-folder" && VITAL.has(basename(path));
  return {
    ...MEANINGS[kind],
    description: `${basename(path)}: ${why}`,
    path,
    code: kind,
    ...(isVital ? { severity: "error" } : {}),
  };
}
