import type { ObjectId } from "../../model/entry.ts";
import { Garbage } from "../../model/garbage.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import { IdMap } from "../../store/id-map.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { walkSnapshot } from "./walk-snapshot.ts";

/** Held by more than one snapshot. */
const SHARED = -1;

/** Which snapshot alone holds an object. Each folder is visited twice at most: by its first snapshot, and when it turns out to be shared. */
export class OwnedObjects {
  readonly #store: ObjectStore;
  readonly #objects: IdMap = new IdMap();
  readonly #folders: IdMap = new IdMap();
  readonly #garbage: Garbage = new Garbage();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Takes in all that the snapshot holds; `number` is what it is called from now on. */
  add(number: number, descriptor: Descriptor): void {
    walkSnapshot(this.#store, descriptor, {
      note: (id) => {
        this.#garbage.add();
        claim(this.#objects, id, number);
      },
      enter: (id) => claim(this.#folders, id, number),
    });
  }

  /** Bytes in the store by snapshot, those that several share, and those that none holds. */
  measure(count: number): { bytesOf: Float64Array; shared: number; garbage: number } {
    this.#claimChunks();
    const bytesOf = new Float64Array(count);
    let shared = 0;
    let garbage = 0;
    for (const { id, storedSize } of this.#store.list()) {
      const owner = this.#objects.get(id);
      if (owner === undefined) garbage += storedSize;
      else if (owner === SHARED) shared += storedSize;
      else bytesOf[owner] = (bytesOf[owner] ?? 0) + storedSize;
    }
    return { bytesOf, shared, garbage };
  }

  #claimChunks(): void {
    for (const { id, chunks } of this.#store.chunkLists()) {
      const owner = this.#objects.get(id);
      if (owner === undefined) continue;
      for (const chunk of chunks ?? []) claim(this.#objects, chunk, owner);
    }
  }
}

/** Returns false when that changes nothing. */
function claim(map: IdMap, id: ObjectId, owner: number): boolean {
  const known = map.get(id);
  if (known === owner || known === SHARED) return false;
  map.set(id, known === undefined ? owner : SHARED);
  return true;
}
