import type { ObjectId } from "../../model/entry.ts";
import { JvsError } from "../../model/errors.ts";
import { Garbage } from "../../model/garbage.ts";
import type { Progress } from "../../model/progress.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import type { IdKey } from "../../store/id-key.ts";
import { IdMap } from "../../store/id-map.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { Standing } from "../../store/sweep-packs.ts";
import { type SnapshotTree, walkSnapshot } from "./walk-snapshot.ts";

/** Lower wins: what is live for one snapshot is live. */
const LIVE = 1;
const RELEASED = 2;

/** Which objects are needed, and which only by snapshots that are to go. */
export class ObjectMarks {
  readonly #store: ObjectStore;
  readonly #objects: IdMap = new IdMap();
  /** A file may hold the very bytes of a folder's object: what was visited as a folder is counted apart. */
  readonly #folders: IdMap = new IdMap();

  readonly #garbage: Garbage = new Garbage();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** @throws E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED */
  async markLive(descriptors: readonly Descriptor[], progress: Progress): Promise<void> {
    for (const [done, descriptor] of descriptors.entries()) {
      progress.report({ phase: "marking", done, total: descriptors.length });
      await progress.breathe();
      this.#mark(descriptor, LIVE);
    }
    this.#markChunks(LIVE);
  }

  /** Call it after {@link markLive}. What cannot be read of these is left to its fate. */
  async markReleased(trees: readonly SnapshotTree[], progress: Progress): Promise<void> {
    for (const tree of trees) {
      await progress.breathe();
      try {
        this.#mark(tree, RELEASED);
      } catch (error) {
        if (!(error instanceof JvsError)) throw error;
      }
    }
    this.#markChunks(RELEASED);
  }

  standingOf(key: IdKey): Standing {
    const mark = this.#objects.getKey(key);
    if (mark === undefined) return "unrecorded";
    return mark === LIVE ? "live" : "released";
  }

  #mark(tree: SnapshotTree, mark: number): void {
    walkSnapshot(this.#store, tree, {
      note: (id) => this.#note(this.#objects, id, mark),
      enter: (id) => this.#note(this.#folders, id, mark),
    });
  }

  /** Returns false when the id has that mark already, or a better one. */
  #note(map: IdMap, id: ObjectId, mark: number): boolean {
    this.#garbage.add();
    const known = map.get(id);
    if (known !== undefined && known <= mark) return false;
    map.set(id, mark);
    return true;
  }

  /** A large file needs its chunks, from whichever list. */
  #markChunks(mark: number): void {
    for (const { id, chunks } of this.#store.chunkLists()) {
      if (this.#objects.get(id) !== mark) continue;
      // Perhaps another copy of the list can be read, or all of the file lies beside the packs.
      if (chunks === undefined && mark === LIVE && !this.#store.isWhole(id)) refuse(id);
      for (const chunk of chunks ?? []) this.#note(this.#objects, chunk, mark);
    }
  }
}

function refuse(id: ObjectId): never {
  throw new JvsError(`Cannot collect garbage: the list of the parts of object "${id}" is damaged`, {
    code: "E_OBJECT_DAMAGED",
    hint: "`jvs verify --all` shows which snapshots need it; nothing was removed",
    details: { object: id },
  });
}
