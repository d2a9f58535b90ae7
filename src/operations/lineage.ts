import { JvsError } from "../model/errors.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import type { Repo } from "../repo/repo.ts";
import { readTombstones, type Tombstone } from "../repo/tombstones.ts";

/** Leads from snapshots to their parents, past those that gc has removed. */
export class Lineage {
  readonly #repo: Repo;
  #tombstones: ReadonlyMap<SnapshotId, Tombstone> | undefined;

  constructor(repo: Repo) {
    this.#repo = repo;
  }

  /** The snapshot, or where it was removed the nearest one before it; undefined when there is none. */
  nearest(id: SnapshotId | undefined): SnapshotId | undefined {
    const passed = new Set<SnapshotId>();
    let found = id;
    // One that is met again was lost like one that is not known: whoever reads it says so.
    while (found !== undefined && !hasDescriptor(this.#repo, found) && !passed.has(found)) {
      this.#tombstones ??= readTombstones(this.#repo);
      const tombstone = this.#tombstones.get(found);
      if (tombstone === undefined) return found;
      passed.add(found);
      found = tombstone.parent_id;
    }
    return found;
  }

  /**
   * The snapshots that lead to `start`, that one first.
   *
   * @throws E_NOT_FOUND, E_DESCRIPTOR_CORRUPT at one that should be there and cannot be read,
   *   E_LINEAGE_BROKEN at one that came before: records can be forged
   */
  *walk(start: SnapshotId | undefined): Generator<Descriptor> {
    const passed = new Set<SnapshotId>();
    for (let id = start; id !== undefined; ) {
      if (passed.has(id)) throw goesInCircles(id);
      passed.add(id);
      const descriptor = readDescriptor(this.#repo, id);
      yield descriptor;
      id = this.nearest(descriptor.parent_id);
    }
  }
}

function goesInCircles(id: SnapshotId): JvsError {
  return new JvsError(`Cannot go on in the history: snapshot ${id} is its own ancestor`, {
    code: "E_LINEAGE_BROKEN",
    hint: "`jvs doctor` names the records that say so",
    details: { snapshot_id: id },
  });
}
