import type { SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { appendOperation } from "../repo/operation-log.ts";
import { writePin } from "../repo/pins.ts";
import { addTombstones } from "../repo/tombstones.ts";
import type { V1Place } from "../repo/v1/place-snapshots.ts";
import type { V1Event, V1Log } from "../repo/v1/v1-log.ts";
import { readV1Pins } from "../repo/v1/v1-pins.ts";
import type { LostPointer, V1Worktree } from "../repo/v1/v1-worktrees.ts";
import { writeWorktree } from "../repo/worktrees.ts";
import type { Upgrade } from "./upgrade.ts";

/** What version 1 called its operations. */
const OPERATIONS: Readonly<Record<string, string>> = {
  snapshot_create: "snapshot",
  restore: "restore",
  worktree_remove: "worktree-remove",
  gc_run: "gc",
};

/**
 * Writes the worktrees. A pointer to a snapshot that could not be imported moves to its nearest
 * ancestor; one that is lost becomes the newest snapshot that was taken there: with none, gc would
 * take the whole history for garbage.
 */
export function importV1Worktrees(
  work: Upgrade,
  worktrees: readonly V1Worktree[],
  places: readonly V1Place[],
): void {
  const parents = new Map(places.map(({ id, parent }) => [id, parent]));
  for (const { worktree, faults, lost } of worktrees) {
    for (const why of faults) damage(work, worktree, { why, outcome: "imported as far as known" });
    writeWorktree(work.repo, settle(work, worktree, { parents, lost }));
  }
}

function damage(
  { damaged }: Upgrade,
  { name }: Worktree,
  { why, outcome }: { readonly why: string; readonly outcome: string },
): void {
  damaged.push({ what: `worktree ${name}`, why, outcome });
}

type Pointer = LostPointer | "base_snapshot_id";

interface Known {
  readonly parents: ReadonlyMap<SnapshotId, SnapshotId | undefined>;
  readonly lost: readonly LostPointer[];
}

function settle(work: Upgrade, worktree: Worktree, { parents, lost }: Known): Worktree {
  const { name, path, created_at, ...said } = worktree;
  const newest = newestOf(work, name);
  const pointers = new Map<Pointer, SnapshotId | undefined>();
  for (const [key, id] of Object.entries(said) as [Pointer, SnapshotId][]) {
    const instead = key === "base_snapshot_id" ? undefined : newest;
    pointers.set(key, nearest(work, id, parents) ?? instead);
    if (pointers.get(key) !== id) damage(work, worktree, describeMove(key, id, pointers.get(key)));
  }
  const guess = newest ?? pointers.get("head_snapshot_id") ?? pointers.get("latest_snapshot_id");
  for (const key of lost) pointers.set(key, guess);
  const settled = [...pointers].filter(([, id]) => id !== undefined);
  return { name, path, ...Object.fromEntries(settled), created_at };
}

function describeMove(
  key: Pointer,
  from: SnapshotId,
  to: SnapshotId | undefined,
): { why: string; outcome: string } {
  return {
    why: `snapshot ${from}, its ${key.replace("_snapshot_id", "")}, could not be imported`,
    outcome: to === undefined ? "points nowhere now" : `points to ${to} now`,
  };
}

/** The newest snapshot that was taken in the worktree; ids begin with their times. */
function newestOf({ imported }: Upgrade, worktree: string): SnapshotId | undefined {
  const own = [...imported.values()].filter(({ worktree_name: name }) => name === worktree);
  return own
    .map(({ snapshot_id: id }) => id)
    .sort()
    .at(-1);
}

function nearest(
  { imported }: Upgrade,
  start: SnapshotId,
  parents: Known["parents"],
): SnapshotId | undefined {
  let id: SnapshotId | undefined = start;
  while (id !== undefined && !imported.has(id)) id = parents.get(id);
  return id;
}

/** What is left of snapshots that could not be imported: the history leads past them. */
export function importV1Gaps({ repo, ctx, imported }: Upgrade, places: readonly V1Place[]): void {
  const gaps = places.filter(({ id }) => !imported.has(id));
  addTombstones(
    repo,
    gaps.map(({ id, parent, worktree }) => ({
      snapshot_id: id,
      ...(parent === undefined ? {} : { parent_id: parent }),
      worktree_name: worktree,
      removed_at: ctx.now().toISOString(),
      by: "upgrade",
      reason: "it was lost before the repository was upgraded",
    })),
  );
}

/** Takes the events over, each with its time; they can be read, not undone. Returns how many. */
export function importV1Log(work: Upgrade, { events, faults }: V1Log): number {
  for (const why of faults)
    work.damaged.push({ what: "audit log", why, outcome: "imported as it is" });
  for (const event of events) append(work, event);
  return events.length;
}

function append({ repo, ctx }: Upgrade, event: V1Event): void {
  const time = new Date(event.timestamp);
  appendOperation(repo, {
    operation: OPERATIONS[event.event_type] ?? event.event_type,
    actor: { user: "", host: "", pid: 0 },
    target: event.snapshot_id ?? event.worktree_name ?? "",
    reason: event.details === undefined ? "" : JSON.stringify(event.details),
    refs: {},
    now: Number.isNaN(time.getTime()) ? ctx.now() : time,
  });
}

/** Returns how many. */
export function importV1Pins(work: Upgrade): number {
  const { pins, unreadable } = readV1Pins(work.old);
  for (const file of unreadable)
    work.damaged.push({ what: `pin ${file}`, why: "it cannot be read", outcome: "left out" });
  for (const pin of pins) writePin(work.repo, pin.snapshot_id, pin);
  return pins.length;
}
