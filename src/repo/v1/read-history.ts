import type { SnapshotId } from "../../model/snapshot.ts";
import { placeV1Snapshots, type V1Place } from "./place-snapshots.ts";
import type { V1Layout } from "./v1-layout.ts";
import { readV1Log, type V1Log, worktreesInLog } from "./v1-log.ts";
import { listV1Snapshots } from "./v1-snapshot.ts";
import { listV1Worktrees, type V1Worktree } from "./v1-worktrees.ts";

/** What the records of the old control folder tell. */
export interface V1History {
  /** Parents first. */
  readonly places: readonly V1Place[];
  /** Copies that were cut short: they never were snapshots. */
  readonly unfinished: readonly SnapshotId[];
  readonly worktrees: readonly V1Worktree[];
  /** Records of worktrees under a name that none can have. */
  readonly misnamed: readonly string[];
  readonly log: V1Log;
}

/**
 * Reads all records, without a look at any content.
 *
 * @param now when worktrees began that do not say so themselves
 */
export function readV1History(old: V1Layout, now: Date): V1History {
  const log = readV1Log(old);
  const found = listV1Snapshots(old);
  const finished = found.filter(({ isFinished }) => isFinished);
  const places = placeV1Snapshots(finished, worktreesInLog(log));
  const newest = new Map<string, SnapshotId>();
  for (const { id, worktree } of places)
    if (id > (newest.get(worktree) ?? "")) newest.set(worktree, id);
  return {
    places,
    unfinished: found.filter(({ isFinished }) => !isFinished).map(({ id }) => id),
    ...listV1Worktrees(old, newest, now),
    log,
  };
}
