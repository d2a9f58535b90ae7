import { lstatSync } from "node:fs";
import { isFolder } from "../../fs/is-there.ts";
import { isSnapshotId, type SnapshotId } from "../../model/snapshot.ts";
import type { Worktree } from "../../model/worktree.ts";
import { tryReadText } from "../control-file.ts";
import { listFolderIfAny } from "../folders.ts";
import { parseJsonObject } from "../json-object.ts";
import { findLinkOnWay } from "../link-on-way.ts";
import { checkName } from "../names.ts";
import { V1Fields } from "./v1-fields.ts";
import { type V1Layout, v1WorkspacePath, v1WorktreePath } from "./v1-layout.ts";

/** What a restore of version 1 left when it was cut short. */
const LEFTOVER = /\.restore-(tmp|backup)-/;
const MAIN = "main";

export type LostPointer = "head_snapshot_id" | "latest_snapshot_id";

export interface V1Worktree {
  readonly worktree: Worktree;
  /** What is wrong, in words. */
  readonly faults: readonly string[];
  /** What its record ought to say and does not: with it the history would go. */
  readonly lost: readonly LostPointer[];
  /** The 12 mode bits of the workspace, undefined where it is gone. */
  readonly mode: number | undefined;
  /** Version 1 left its own mark there when it restored, or it is the user's. */
  readonly hasReadyFile: boolean;
}

export interface V1WorktreeList {
  /** By name; `main` is always there. */
  readonly worktrees: readonly V1Worktree[];
  /** Records under a name that no worktree can have. */
  readonly misnamed: readonly string[];
}

/**
 * The worktrees that have a record, and those that must have had one: `main`, and every folder that
 * snapshots were taken in.
 *
 * @param newest the newest snapshot of each worktree
 * @param now when those began that do not say so themselves
 */
export function listV1Worktrees(
  layout: V1Layout,
  newest: ReadonlyMap<string, SnapshotId>,
  now: Date,
): V1WorktreeList {
  const recorded = listFolderIfAny(layout.worktrees).filter((name) => !LEFTOVER.test(name));
  const worked = [...newest.keys()].filter(
    (name) => isName(name) && isFolder(`${layout.root}/${v1WorkspacePath(name)}`),
  );
  const names = new Set([MAIN, ...recorded.filter(isName), ...worked]);
  return {
    worktrees: [...names].sort().map((name) => readV1Worktree(layout, { name, newest, now })),
    misnamed: recorded.filter((name) => !isName(name)),
  };
}

interface Wanted {
  readonly name: string;
  readonly newest: ReadonlyMap<string, SnapshotId>;
  readonly now: Date;
}

function readV1Worktree(layout: V1Layout, { name, newest, now }: Wanted): V1Worktree {
  const path = v1WorkspacePath(name);
  const { fields, fault } = readRecord(layout, name);
  const said = fields?.text("created_at") ?? "";
  const { ids, lost, faults } = judgePointers(fields, newest.get(name));
  return {
    worktree: {
      ...{ name, path, ...ids },
      created_at: Number.isNaN(Date.parse(said)) ? now.toISOString() : said,
    },
    faults: [...(fault === undefined ? [] : [fault]), ...faults, ...faultOfFolder(layout, path)],
    lost,
    ...lookAt(layout, path),
  };
}

function readRecord(
  layout: V1Layout,
  name: string,
): { readonly fields?: V1Fields; readonly fault?: string } {
  const path = v1WorktreePath(layout, name);
  const link = findLinkOnWay(layout.worktrees, `${name}/config.json`);
  if (link !== undefined)
    return { fault: "its record lies behind a symbolic link, which is not followed" };
  const { text, fault } = tryReadText(path);
  if (fault !== undefined) return { fault: `its record cannot be read: ${fault}` };
  if (text === undefined) return { fault: "its record is gone" };
  const record = parseJsonObject(text);
  return record === undefined
    ? { fault: "its record is no JSON object" }
    : { fields: new V1Fields(record) };
}

const POINTERS: readonly LostPointer[] = ["head_snapshot_id", "latest_snapshot_id"];

interface Pointers {
  readonly ids: Partial<Record<LostPointer | "base_snapshot_id", SnapshotId>>;
  readonly lost: readonly LostPointer[];
  readonly faults: readonly string[];
}

/** Version 1 set head and latest with each snapshot: where some was taken, they must be there. */
function judgePointers(fields: V1Fields | undefined, newest: SnapshotId | undefined): Pointers {
  if (fields === undefined) return { ids: {}, lost: POINTERS, faults: [] };
  const { ids, lost, faults } = readPointers(fields);
  const since = Date.parse(fields.text("created_at"));
  // Older snapshots are those of an earlier worktree of that name.
  const isWorkedIn = newest !== undefined && !(Number(newest.slice(0, 13)) < since);
  const missing = POINTERS.filter((key) => isWorkedIn && !fields.has(key));
  const unsaid = missing.map((key) => `its record names no ${wordOf(key)}`);
  return { ids, lost: [...lost, ...missing], faults: [...faults, ...unsaid] };
}

function wordOf(key: string): string {
  return key.replace("_snapshot_id", "");
}

function readPointers(fields: V1Fields): Pointers {
  const keys = ["base_snapshot_id", ...POINTERS] as const;
  const said = keys.filter((key) => fields.has(key));
  const wrong = said.filter((key) => !isSnapshotId(fields.text(key)));
  const right = said.filter((key) => isSnapshotId(fields.text(key)));
  return {
    ids: Object.fromEntries(right.map((key) => [key, fields.text(key) as SnapshotId])),
    lost: POINTERS.filter((key) => wrong.includes(key)),
    faults: wrong.map((key) => `its ${wordOf(key)} is no snapshot id`),
  };
}

function faultOfFolder({ root }: V1Layout, path: string): string[] {
  if (findLinkOnWay(root, path) !== undefined)
    return [`its folder "${path}" is a symbolic link, which is never followed`];
  return isFolder(`${root}/${path}`) ? [] : [`its folder "${path}" is gone`];
}

function lookAt({ root }: V1Layout, path: string): Pick<V1Worktree, "mode" | "hasReadyFile"> {
  const stat = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
  const isThere = stat?.isDirectory() === true && findLinkOnWay(root, path) === undefined;
  if (!isThere) return { mode: undefined, hasReadyFile: false };
  const ready = lstatSync(`${root}/${path}/.READY`, { throwIfNoEntry: false });
  return { mode: stat.mode & 0o7777, hasReadyFile: ready !== undefined };
}

function isName(name: string): boolean {
  try {
    return checkName("worktree", name) === name;
  } catch {
    return false;
  }
}
