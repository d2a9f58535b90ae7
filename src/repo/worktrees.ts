import { readdirSync, removeIfAny, statSync } from "../fs/files.ts";
import { isFolder } from "../fs/is-there.ts";
import { draftPath, placeDraft, syncFolder, writeAtomic, writeDraft } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { readTextIfAny } from "./control-file.ts";
import { formatJson, type JsonObject, notUnderstood, readJsonObject } from "./json-object.ts";
import { worktreePath } from "./layout.ts";
import type { Repo } from "./repo.ts";

export interface WorktreeList {
  /** Sorted by name. */
  readonly worktrees: readonly Worktree[];
  /** Records that make no sense: named, not hidden, since they may protect snapshots. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Reads the record of the worktree `name`.
 *
 * @throws E_NOT_FOUND when there is none, E_CONFIG when its file is garbled, E_NAME_INVALID.
 */
export function readWorktree({ layout }: Repo, name: string): Worktree {
  const path = worktreePath(layout, name);
  const record = readJsonObject(path);
  if (record === undefined) {
    throw new JvsError(`worktree '${name}' not found`, { code: "E_NOT_FOUND", details: { name } });
  }
  const fault = faultOf(record, name);
  if (fault !== undefined) throw notUnderstood(path, fault);
  return record as unknown as Worktree;
}

/**
 * Whether there is a worktree of that name, its record readable or not.
 *
 * @throws E_NAME_INVALID
 */
export function hasWorktree({ layout }: Repo, name: string): boolean {
  return statSync(worktreePath(layout, name)) !== undefined;
}

/** Reads the records of all worktrees. */
export function listWorktrees(repo: Repo): WorktreeList {
  const worktrees: Worktree[] = [];
  const unreadable: { name: string; why: string }[] = [];
  for (const name of listNames(repo)) {
    try {
      worktrees.push(readWorktree(repo, name));
    } catch (error) {
      if (isCode(error, "E_NOT_FOUND")) continue; // Removed since the folder was read.
      unreadable.push({ name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { worktrees, unreadable };
}

/**
 * Writes the record of a worktree, new or changed. The caller holds the worktree's lock. After a
 * power cut either the old or the new record is there; as long as it may be the old one, so is the
 * intent that says what it should be.
 *
 * @throws E_NAME_INVALID.
 */
export function writeWorktree({ layout }: Repo, worktree: Worktree): void {
  const path = worktreePath(layout, worktree.name);
  writeAtomic(path, formatJson(worktree), { sync: "content", soleWriter: true });
}

/**
 * Removes the record of a worktree; its snapshots stay. The caller holds the worktree's lock.
 * Removing what is gone is no error.
 */
export function removeWorktree({ layout }: Repo, name: string): void {
  removeIfAny(worktreePath(layout, name));
  syncFolder(layout.worktrees);
}

/** `undefined`: no snapshot. */
export interface HeadMove {
  /** What head must be for the move to happen. */
  readonly expected: SnapshotId | undefined;
  readonly head: SnapshotId | undefined;
  readonly latest: SnapshotId | undefined;
}

/**
 * Sets head and latest of the worktree `name`, if head is still `expected`. The caller holds the
 * worktree's lock. A move that has been made already is no error: a command that finishes the work
 * of a killed one calls this again.
 *
 * @param move `isDrafted`: the same was given to {@link draftHead}, and the draft is durable
 * @returns the record as it is now.
 * @throws E_LOCKED when head is neither: somebody worked here without the lock, and running the
 * command again is what helps. Also what {@link readWorktree} throws.
 */
export function moveHead(
  repo: Repo,
  name: string,
  { isDrafted = false, ...move }: HeadMove & { readonly isDrafted?: boolean },
): Worktree {
  const current = readWorktree(repo, name);
  const { head_snapshot_id: was, latest_snapshot_id: wasLatest } = current;
  if (was === move.head && wasLatest === move.latest) return current;
  if (was !== move.expected) throw movedMeanwhile(name, move.expected, was);
  const moved = withMove(current, move);
  const path = worktreePath(repo.layout, name);
  if (isDrafted && readTextIfAny(draftPath(path)) === formatJson(moved)) placeDraft(path);
  else writeWorktree(repo, moved);
  failPoint("after-head");
  return moved;
}

/**
 * Writes what {@link moveHead} will put in place, as `isDrafted`, once the caller has made it durable
 * together with other files: a wait for the disk less. The caller holds the worktree's lock.
 *
 * @returns the path of the draft
 */
export function draftHead({ layout }: Repo, worktree: Worktree, move: HeadMove): string {
  const path = worktreePath(layout, worktree.name);
  writeDraft(path, formatJson(withMove(worktree, move)));
  return draftPath(path);
}

/** Takes the draft away again: nothing came of it. */
export function dropHeadDraft({ layout }: Repo, name: string): void {
  removeIfAny(draftPath(worktreePath(layout, name)));
}

function withMove(
  { head_snapshot_id: _head, latest_snapshot_id: _latest, ...rest }: Worktree,
  { head, latest }: HeadMove,
): Worktree {
  return {
    ...rest,
    ...(head === undefined ? {} : { head_snapshot_id: head }),
    ...(latest === undefined ? {} : { latest_snapshot_id: latest }),
  };
}

function movedMeanwhile(name: string, expected = "none", found = "none"): JvsError {
  return new JvsError(`Cannot move the head of "${name}": another command has moved it meanwhile`, {
    code: "E_LOCKED",
    hint: "Run the command again",
    details: { worktree: name, expected, found },
  });
}

function listNames({ layout }: Repo): string[] {
  // A folder is that of a fork, which may be called so too.
  return readdirSync(layout.worktrees)
    .filter((name) => name.endsWith(".json") && !isFolder(`${layout.worktrees}/${name}`))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/** Whether that may be the record of the worktree `name`. */
export function isWorktreeRecord(
  record: JsonObject,
  name: string,
): record is JsonObject & Worktree {
  return faultOf(record, name) === undefined;
}

/** What is wrong with the fields of a record, or undefined. */
function faultOf(record: JsonObject, name: string): string | undefined {
  const { path, created_at, base_snapshot_id, head_snapshot_id, latest_snapshot_id } = record;
  if (record.name !== name) return `it says that its name is ${JSON.stringify(record.name)}`;
  if (typeof path !== "string" || path === "") return '"path" is no text';
  if (path.split("/").includes("..")) return `"path" leads out of the repository: ${path}`;
  if (typeof created_at !== "string") return '"created_at" is no text';
  const ids = Object.entries({ base_snapshot_id, head_snapshot_id, latest_snapshot_id });
  const wrong = ids.find(
    ([, id]) => id !== undefined && !(typeof id === "string" && isSnapshotId(id)),
  );
  return wrong && `"${wrong[0]}" is no snapshot id`;
}

function isCode(error: unknown, code: JvsError["code"]): boolean {
  return error instanceof JvsError && error.code === code;
}
