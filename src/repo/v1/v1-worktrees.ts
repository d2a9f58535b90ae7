import { statSync } from "node:fs";
import { isSnapshotId, type SnapshotId } from "../../model/snapshot.ts";
import type { Worktree } from "../../model/worktree.ts";
import { readTextIfAny } from "../control-file.ts";
import { listFolderIfAny } from "../folders.ts";
import { parseJsonObject } from "../json-object.ts";
import { checkName } from "../names.ts";
import { V1Fields } from "./v1-fields.ts";
import { type V1Layout, v1WorkspacePath, v1WorktreePath } from "./v1-layout.ts";

/** What a restore of version 1 left when it was cut short. */
const LEFTOVER = /\.restore-(tmp|backup)-/;

export interface V1Worktree {
  readonly worktree: Worktree;
  /** What is wrong, in words. A record that is lost says nothing about its snapshots. */
  readonly faults: readonly string[];
  readonly isRecordLost: boolean;
  /** The 12 mode bits of the workspace, undefined where it is gone. */
  readonly mode: number | undefined;
  /** Version 1 left its own mark there when it restored, or it is the user's. */
  readonly hasReadyFile: boolean;
}

/**
 * The worktrees, by their folders' names.
 *
 * @param now when those began that do not say so themselves
 */
export function listV1Worktrees(layout: V1Layout, now: Date): V1Worktree[] {
  return listFolderIfAny(layout.worktrees)
    .filter((name) => isName(name) && !LEFTOVER.test(name))
    .map((name) => readV1Worktree(layout, name, now));
}

function readV1Worktree(layout: V1Layout, name: string, now: Date): V1Worktree {
  const path = v1WorkspacePath(name);
  const record = parseJsonObject(readTextIfAny(v1WorktreePath(layout, name)) ?? "");
  const fields = new V1Fields(record ?? {});
  const id = (key: string): Partial<Worktree> => {
    const value = fields.text(key);
    return isSnapshotId(value) ? { [key]: value as SnapshotId } : {};
  };
  const faults: string[] = [];
  if (record === undefined) faults.push(`the record of worktree "${name}" cannot be read`);
  const workspace = `${layout.root}/${path}`;
  const stat = statSync(workspace, { throwIfNoEntry: false });
  const isThere = stat?.isDirectory() === true;
  if (!isThere) faults.push(`the folder of worktree "${name}", "${path}", is gone`);
  const worktree: Worktree = {
    name,
    path,
    ...id("base_snapshot_id"),
    ...id("head_snapshot_id"),
    ...id("latest_snapshot_id"),
    created_at: fields.textIfAny("created_at") ?? now.toISOString(),
  };
  return {
    worktree,
    faults,
    isRecordLost: record === undefined,
    mode: isThere ? stat.mode & 0o7777 : undefined,
    hasReadyFile:
      isThere && statSync(`${workspace}/.READY`, { throwIfNoEntry: false }) !== undefined,
  };
}

function isName(name: string): boolean {
  try {
    return checkName("worktree", name) === name;
  } catch {
    return false;
  }
}
