import { JvsError } from "../model/errors.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { hasDescriptor } from "./descriptors.ts";
import { listIntents } from "./intents.ts";
import { parseJsonObject } from "./json-object.ts";
import { defaultForkPath, workspacePath } from "./layout.ts";
import type { LogKnowledge } from "./log-knowledge.ts";
import { findPin, type Pin } from "./pins.ts";
import type { Repo } from "./repo.ts";
import { readTombstones, type Tombstone } from "./tombstones.ts";
import { hasWorkspaceFolder } from "./workspace-folder.ts";
import { hasWorktree, isWorktreeRecord } from "./worktrees.ts";

/** A worktree that the log tells of and that has no record. */
export interface MissingWorktree {
  readonly name: string;
  /** As the log last left them. */
  readonly head: SnapshotId | undefined;
  readonly latest: SnapshotId | undefined;
  /** The record made anew; undefined where the log does not say enough. */
  readonly record: Worktree | undefined;
}

/**
 * The worktrees that were made and never removed, as far as the log knows, and whose records are gone.
 * None while a worktree is being made, removed or renamed: the log comes after the records.
 */
export function listMissingWorktrees(repo: Repo, known: LogKnowledge): MissingWorktree[] {
  if (listIntents(repo).some(({ kind }) => kind === "worktree")) return [];
  const names = [...known.refs.keys()].flatMap(
    (key) => /^(.+)\/(worktree|head)$/.exec(key)?.[1] ?? [],
  );
  return [...new Set(names)].sort().flatMap((name) => {
    const written = known.refs.get(`${name}/worktree`);
    if (written === null || !isMissing(repo, name)) return [];
    const head = asId(known.refs.get(`${name}/head`));
    const latest = asId(known.refs.get(`${name}/latest`));
    return [{ name, head, latest, record: recordOf(repo, { name, head, latest, written }) }];
  });
}

/** Pins that the log tells of and whose files are gone. */
export function listMissingPins(repo: Repo, { pins }: LogKnowledge): Pin[] {
  return [...pins].flatMap(([id, text]) => {
    const pin = text === null ? undefined : parseJsonObject(text);
    return pin?.snapshot_id === id && isPinGone(repo, id) ? [pin as unknown as Pin] : [];
  });
}

/** The tombstones of snapshots that gc removed, as far as the log tells of them, and that are gone. */
export function listMissingTombstones(repo: Repo, { removed, taken }: LogKnowledge): Tombstone[] {
  const there = removed.size === 0 ? new Map() : readTombstones(repo);
  return [...removed].flatMap(([snapshot_id, removal]) => {
    if (there.has(snapshot_id) || hasDescriptor(repo, snapshot_id)) return [];
    const { worktree_name = "", parent_id } = taken.get(snapshot_id) ?? {};
    const parent = parent_id === undefined ? {} : { parent_id };
    return [{ snapshot_id, ...parent, worktree_name, ...removal }];
  });
}

/** Snapshots that the log tells of, that are gone, and that nothing removed. */
export function listMissingSnapshots(repo: Repo, known: LogKnowledge): SnapshotId[] {
  const there = readTombstones(repo);
  const underWay = JSON.stringify(listIntents(repo));
  return [...known.snapshots]
    .filter((id) => !hasDescriptor(repo, id) && !there.has(id) && !known.removed.has(id))
    .filter((id) => !underWay.includes(id))
    .sort();
}

/** A file that cannot be read is there. */
function isPinGone(repo: Repo, id: SnapshotId): boolean {
  try {
    return findPin(repo, id) === undefined;
  } catch (error) {
    if (error instanceof JvsError) return false;
    throw error;
  }
}

/** What the log says comes from outside: a name that is none has no record. */
function isMissing(repo: Repo, name: string): boolean {
  try {
    return !hasWorktree(repo, name);
  } catch (error) {
    if (error instanceof JvsError && error.code === "E_NAME_INVALID") return false;
    throw error;
  }
}

interface Logged extends Omit<MissingWorktree, "record"> {
  /** The record as the log last saw it whole. */
  readonly written: string | undefined;
}

function recordOf(repo: Repo, { name, head, latest, written }: Logged): Worktree | undefined {
  const whole = written === undefined ? guess(repo, name) : parseJsonObject(written);
  if (whole === undefined) return undefined;
  const { head_snapshot_id: _, latest_snapshot_id: __, ...rest } = whole;
  const record = {
    ...rest,
    ...(head === undefined ? {} : { head_snapshot_id: head }),
    ...(latest === undefined ? {} : { latest_snapshot_id: latest }),
  };
  return isWorktreeRecord(record, name) ? record : undefined;
}

/** The first worktree has its place by the layout; others that the log never saw made, by custom. */
function guess(repo: Repo, name: string): Readonly<Record<string, unknown>> | undefined {
  const { layout, created_at } = repo.record;
  const main = layout === "project" ? "main" : ".";
  const path = name === "main" ? main : defaultForkPath(layout, name);
  if (!hasWorkspaceFolder(workspacePath(repo.layout, path))) return undefined;
  return { name, path, created_at };
}

function asId(text: string | null | undefined): SnapshotId | undefined {
  return typeof text === "string" && isSnapshotId(text) ? text : undefined;
}
