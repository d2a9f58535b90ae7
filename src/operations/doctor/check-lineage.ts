import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { descriptorPath, type Layout, tombstonesPath } from "../../repo/layout.ts";
import { listMissingSnapshots, listMissingTombstones } from "../../repo/missing-records.ts";
import { listRemovedIds } from "../../repo/removed-ids.ts";
import { readTombstones } from "../../repo/tombstones.ts";
import type { Exam, NewFinding } from "./exam.ts";

type Child = Pick<Descriptor, "parent_id">;

/** The way from each snapshot to its parents: no gap, no circle. */
export function* checkLineage(exam: Exam): Generator<NewFinding> {
  const { repo, descriptors } = exam;
  const byId = new Map(descriptors.descriptors.map((one) => [one.snapshot_id, one]));
  const unreadable = new Set(descriptors.unreadable.map(({ id }) => id));
  const removed = listRemovedIds(repo);
  for (const { snapshot_id: id, parent_id: parent } of byId.values()) {
    if (parent === undefined || byId.has(parent) || removed.has(parent)) continue;
    yield {
      category: "lineage",
      description: `the parent of snapshot ${id}, ${parent}, ${unreadable.has(parent) ? "cannot be read" : "does not exist"}`,
      severity: "warning",
      path: descriptorPath(repo.layout, id),
      code: "parent-missing",
      cure: "Put its record back from a backup; without it the history ends here, and this snapshot can be restored all the same",
      unhealthy: true,
    };
  }
  yield* checkMissing(exam);
  const tombstones = readTombstones(repo);
  for (const circle of findCircles(new Map<SnapshotId, Child>([...tombstones, ...byId])))
    yield {
      category: "lineage",
      description: `snapshots are each other's ancestors: ${circle.join(" -> ")}`,
      severity: "error",
      path: pathOfAny(repo.layout, circle, byId),
      code: "lineage-circle",
      cure: "These records were not written by jvs: put them back from a backup",
    };
}

/** The log names every snapshot that was ever taken, and every one that gc removed. */
function* checkMissing({ repo, log }: Exam): Generator<NewFinding> {
  for (const id of listMissingSnapshots(repo, log.known))
    yield {
      category: "integrity",
      description: `the record of snapshot ${id} is gone, and nothing removed it`,
      severity: "critical",
      error_code: "E_DESCRIPTOR_CORRUPT",
      path: descriptorPath(repo.layout, id),
      code: "descriptor-missing",
      cure: "Put the file back from a backup, before the next gc takes its content for garbage; other snapshots are not affected",
    };
  for (const { snapshot_id: id } of listMissingTombstones(repo, log.known))
    yield {
      category: "lineage",
      description: `the tombstone of snapshot ${id}, which gc removed, is gone: the history cannot lead past it`,
      severity: "error",
      path: tombstonesPath(repo.layout),
      code: "tombstone-missing",
      cure: "jvs doctor --repair makes it anew from the log",
      repair: "restore_records",
    };
}

/** The record of one that is there, or else where they are known from. */
function pathOfAny(
  layout: Layout,
  circle: readonly SnapshotId[],
  byId: ReadonlyMap<SnapshotId, Descriptor>,
): string {
  const known = circle.find((id) => byId.has(id));
  return known === undefined ? tombstonesPath(layout) : descriptorPath(layout, known);
}

/** Each circle once, also those that lead through snapshots that were removed. */
function findCircles(byId: ReadonlyMap<SnapshotId, Child>): SnapshotId[][] {
  const done = new Set<SnapshotId>();
  const circles: SnapshotId[][] = [];
  for (const start of byId.keys()) {
    const path: SnapshotId[] = [];
    const seen = new Set<SnapshotId>();
    let id: SnapshotId | undefined = start;
    while (id !== undefined && !done.has(id) && !seen.has(id)) {
      path.push(id);
      seen.add(id);
      id = byId.get(id)?.parent_id;
    }
    if (id !== undefined && seen.has(id)) circles.push([...path.slice(path.indexOf(id)), id]);
    for (const one of path) done.add(one);
  }
  return circles;
}
