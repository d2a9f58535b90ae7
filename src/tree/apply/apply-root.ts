import { setMode } from "../../fs/at.ts";
import { writeXattrs, type Xattr } from "../../fs/xattrs.ts";
import type { ObjectId } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import { decodeXattrs } from "../encode-xattrs.ts";
import type { ScanTable } from "../scan-table.ts";
import type { ContentSource } from "./write-context.ts";

/** What no entry says about the root folder itself. */
export interface WantedRoot {
  /** Octal. */
  readonly root_mode: string;
  readonly root_xattrs?: ObjectId;
}

/**
 * Gives the root folder itself its mode and attributes, where they differ from what `table` tells
 * (undefined: a new folder). Returns what the system refused: it may belong to somebody else.
 */
export function applyRoot(
  root: number,
  wanted: WantedRoot,
  live: { table: ScanTable | undefined; content: ContentSource },
): RestoreIssue[] {
  const here = "." as RawPath;
  const mode = modeOf(wanted);
  const issues: RestoreIssue[] = [];
  if (live.table?.xattrs.get(0) !== wanted.root_xattrs)
    attempt(issues, "its attributes", () =>
      writeXattrs(root, here, attributesOf(wanted, live.content)),
    );
  if (live.table?.mode[0] !== mode)
    attempt(issues, `the mode ${wanted.root_mode}`, () => setMode(root, here, mode));
  return issues;
}

/** Whether the root folder is as wanted, going by `table`. */
export function isRootAsWanted(wanted: WantedRoot, { xattrs, mode }: ScanTable): boolean {
  return xattrs.get(0) === wanted.root_xattrs && mode[0] === modeOf(wanted);
}

function modeOf({ root_mode }: WantedRoot): number {
  return Number.parseInt(root_mode, 8);
}

function attributesOf({ root_xattrs: id }: WantedRoot, content: ContentSource): Xattr[] {
  return id === undefined ? [] : decodeXattrs(content.read(id));
}

function attempt(issues: RestoreIssue[], what: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (systemCodeOf(error) === "") throw error;
    issues.push({ path: ".", kind: "degraded", why: `the system refused ${what}` });
  }
}
