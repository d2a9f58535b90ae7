import { isSnapshotId, type SnapshotId } from "../../model/snapshot.ts";
import type { V1Snapshot } from "./v1-snapshot.ts";

/** Where a snapshot of version 1 stands in the history. */
export interface V1Place {
  readonly id: SnapshotId;
  /** Undefined when nothing of it is there: another one names it as its parent. */
  readonly snapshot: V1Snapshot | undefined;
  /** Where it was taken. */
  readonly worktree: string;
  readonly parent: SnapshotId | undefined;
  /**
   * Why `parent` is not what a record says, but the newest older snapshot of the same worktree: the
   * history must go on over a gap, or gc would take what lies behind it for garbage.
   */
  readonly guess: "no record" | "circle" | undefined;
}

/**
 * The history that the records of version 1 tell, with the gaps where records are lost. Parents come
 * before their children, else the older before the younger; there is no circle in it.
 *
 * @param takenIn the worktree of each snapshot, as far as the log knows it
 */
export function placeV1Snapshots(
  found: readonly V1Snapshot[],
  takenIn: ReadonlyMap<string, string>,
): V1Place[] {
  const places = new Map<SnapshotId, V1Place>();
  for (const snapshot of found) places.set(snapshot.id, readPlace(snapshot, takenIn));
  for (const { parent, worktree } of [...places.values()])
    if (parent !== undefined && !places.has(parent))
      places.set(parent, gap(parent, takenIn.get(parent) ?? worktree));
  for (const place of [...places.values()])
    if (place.guess !== undefined)
      places.set(place.id, { ...place, parent: newestBefore(place, places.values()) });
  return putInOrder(places);
}

function readPlace(snapshot: V1Snapshot, takenIn: ReadonlyMap<string, string>): V1Place {
  const { id, descriptor, fault } = snapshot;
  const isOwn = descriptor?.snapshot_id === id;
  const said = isOwn ? descriptor.parent_id : undefined;
  const parent = said !== undefined && isSnapshotId(said) ? said : undefined;
  // A record that is whole and names no parent is that of a first snapshot.
  const isKnown = parent !== undefined || (fault === undefined && said === undefined);
  return {
    id,
    snapshot,
    worktree: (isOwn && descriptor.worktree_name) || takenIn.get(id) || "main",
    parent,
    guess: isKnown ? undefined : "no record",
  };
}

function gap(id: SnapshotId, worktree: string): V1Place {
  return { id, snapshot: undefined, worktree, parent: undefined, guess: "no record" };
}

/** An id begins with its time. */
function newestBefore({ id, worktree }: V1Place, among: Iterable<V1Place>): SnapshotId | undefined {
  let newest: SnapshotId | undefined;
  for (const one of among)
    if (one.worktree === worktree && one.id < id && (newest === undefined || one.id > newest))
      newest = one.id;
  return newest;
}

function putInOrder(places: Map<SnapshotId, V1Place>): V1Place[] {
  const placed = new Map<SnapshotId, V1Place>();
  for (const start of [...places.keys()].sort()) {
    const circle = findCircle(start, { places, placed });
    if (circle !== undefined) {
      const oldest = places.get(circle.sort()[0] as SnapshotId) as V1Place;
      const parent = newestBefore(oldest, placed.values());
      places.set(oldest.id, { ...oldest, parent, guess: "circle" });
    }
    for (const id of pathFrom(start, { places, placed }).reverse())
      placed.set(id, places.get(id) as V1Place);
  }
  return [...placed.values()];
}

interface Search {
  readonly places: ReadonlyMap<SnapshotId, V1Place>;
  readonly placed: ReadonlyMap<SnapshotId, V1Place>;
}

/** From `start` along the parents to one that has its place already, to the first snapshot, or once round. */
function pathFrom(start: SnapshotId, { places, placed }: Search): SnapshotId[] {
  const path = new Set<SnapshotId>();
  let id: SnapshotId | undefined = start;
  while (id !== undefined && !placed.has(id) && !path.has(id)) {
    path.add(id);
    id = places.get(id)?.parent;
  }
  return [...path];
}

/** The snapshots that are each other's ancestors, when `start` leads to such. */
function findCircle(start: SnapshotId, search: Search): SnapshotId[] | undefined {
  const path = pathFrom(start, search);
  const end = search.places.get(path.at(-1) as SnapshotId)?.parent;
  const at = end === undefined ? -1 : path.indexOf(end);
  return at < 0 ? undefined : path.slice(at);
}
