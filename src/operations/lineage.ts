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
    let found = id;
    while (found !== undefined && !hasDescriptor(this.#repo, found)) {
      this.#tombstones ??= readTombstones(this.#repo);
      const tombstone = this.#tombstones.get(found);
      if (tombstone === undefined) return found; // Lost, not removed: whoever reads it says so.
      found = tombstone.parent_id;
    }
    return found;
  }

  /** @throws E_NOT_FOUND, E_DESCRIPTOR_CORRUPT when the parent should be there and cannot be read */
  parentOf({ parent_id }: Descriptor): Descriptor | undefined {
    const id = this.nearest(parent_id);
    return id === undefined ? undefined : readDescriptor(this.#repo, id);
  }
}
