import type { SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { appendOperation } from "../repo/operation-log.ts";
import { writePin } from "../repo/pins.ts";
import { readV1Log, type V1Event } from "../repo/v1/v1-log.ts";
import { readV1Pins } from "../repo/v1/v1-pins.ts";
import type { V1Worktree } from "../repo/v1/v1-worktrees.ts";
import { writeWorktree } from "../repo/worktrees.ts";
import type { Upgrade } from "./upgrade.ts";

type Parents = ReadonlyMap<SnapshotId, SnapshotId | undefined>;

/** What version 1 called its operations. */
const OPERATIONS: Readonly<Record<string, string>> = {
  snapshot_create: "snapshot",
  restore: "restore",
  worktree_remove: "worktree-remove",
  gc_run: "gc",
};

/** Writes the worktrees; a pointer to a snapshot that could not be imported moves to its nearest ancestor. */
export function importV1Worktrees(
  work: Upgrade,
  worktrees: readonly V1Worktree[],
  parents: Parents,
): void {
  for (const { worktree, faults, isRecordLost } of worktrees) {
    for (const why of faults)
      work.damaged.push({
        what: `worktree ${worktree.name}`,
        why,
        outcome: "imported as far as known",
      });
    writeWorktree(
      work.repo,
      isRecordLost ? guess(work, worktree) : settle(work, worktree, parents),
    );
  }
}

/** The newest snapshot that was taken there is the best that is known. */
function guess({ imported }: Upgrade, worktree: Worktree): Worktree {
  const own = [...imported.values()].filter(({ worktree_name: name }) => name === worktree.name);
  const newest = own.at(-1)?.snapshot_id;
  if (newest === undefined) return worktree;
  return { ...worktree, head_snapshot_id: newest, latest_snapshot_id: newest };
}

function settle(work: Upgrade, worktree: Worktree, parents: Parents): Worktree {
  const { name, path, created_at, ...pointers } = worktree;
  const settled = Object.entries(pointers).flatMap(([key, id]) => {
    const found = nearest(work, id as SnapshotId, parents);
    if (found !== id)
      work.damaged.push({
        what: `worktree ${name}`,
        why: `snapshot ${id}, its ${key.replace("_snapshot_id", "")}, could not be imported`,
        outcome: found === undefined ? "points nowhere now" : `points to ${found} now`,
      });
    return found === undefined ? [] : [[key, found] as const];
  });
  return { name, path, ...Object.fromEntries(settled), created_at };
}

function nearest(
  { imported }: Upgrade,
  start: SnapshotId,
  parents: Parents,
): SnapshotId | undefined {
  const seen = new Set<SnapshotId>();
  let id: SnapshotId | undefined = start;
  while (id !== undefined && !imported.has(id) && !seen.has(id)) {
    seen.add(id);
    id = parents.get(id);
  }
  return id !== undefined && imported.has(id) ? id : undefined;
}

/** Takes the events over, each with its time; they can be read, not undone. Returns how many. */
export function importV1Log(work: Upgrade): number {
  const { events, faults } = readV1Log(work.old);
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
