import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { descriptorPath } from "../../repo/layout.ts";
import { listRemovedIds } from "../../repo/removed-ids.ts";
import type { Exam, NewFinding } from "./exam.ts";

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
  for (const circle of findCircles(byId))
    yield {
      category: "lineage",
      description: `snapshots are each other's ancestors: ${circle.join(" -> ")}`,
      severity: "error",
      path: descriptorPath(repo.layout, circle[0] as SnapshotId),
      code: "lineage-circle",
      cure: "These records were not written by jvs: put them back from a backup",
    };
}

/** Each circle once. */
function findCircles(byId: ReadonlyMap<SnapshotId, Descriptor>): SnapshotId[][] {
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
