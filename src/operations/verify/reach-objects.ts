import { keepsFolders } from "../../engines/engine-names.ts";
import type { ObjectId } from "../../model/entry.ts";
import { JvsError } from "../../model/errors.ts";
import type { Progress } from "../../model/progress.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import { IdKey } from "../../store/id-key.ts";
import { IdSet } from "../../store/id-set.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { hashBytes } from "../../tree/content-sink.ts";
import { listReferences, type ObjectReference } from "../../tree/object-references.ts";

/** Every object that some snapshots need. */
export interface Reach {
  readonly wanted: IdSet;
  /** Folders that cannot be read: what is below them is unknown. Why, by id. */
  readonly unreadable: ReadonlyMap<ObjectId, string>;
}

/** A workspace without anything in it: its root need not be stored. */
export const EMPTY_FOLDER_ID: ObjectId = hashBytes(new Uint8Array(0));

const FOLDERS_BETWEEN_BREATHS = 256;

/**
 * Walks the trees of the snapshots, each folder once however many hold it, and hashes the folders. Of
 * a snapshot that is a folder of its own the store needs all but the content of files.
 */
export async function reachObjects(
  store: ObjectStore,
  descriptors: readonly Descriptor[],
  progress: Progress,
): Promise<Reach> {
  const walk = new Walk(store);
  let folders = 0;
  for (const descriptor of descriptors) {
    walk.begin(descriptor);
    while (walk.visitNext()) {
      if (++folders % FOLDERS_BETWEEN_BREATHS !== 0) continue;
      progress.report({ phase: "reading folders", done: folders });
      await progress.breathe();
    }
  }
  return walk;
}

class Walk implements Reach {
  readonly wanted: IdSet = new IdSet();
  readonly unreadable: Map<ObjectId, string> = new Map();
  readonly #store: ObjectStore;
  readonly #folders: IdSet = new IdSet();
  /** Those looked into for snapshots whose files lie in folders of their own. */
  readonly #foldersAlone: IdSet = new IdSet();
  #wantsFiles = true;
  readonly #pending: ObjectId[] = [];
  readonly #key: IdKey = new IdKey();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  begin({ payload_root_hash: root, root_xattrs, links, engine }: Descriptor): void {
    this.#wantsFiles = !keepsFolders(engine);
    if (root !== EMPTY_FOLDER_ID) this.#addFolder(root);
    if (root_xattrs !== undefined) this.#add(root_xattrs);
    if (links !== undefined) this.#add(links);
  }

  /** Looks into one more folder; false when none is left. */
  visitNext(): boolean {
    const id = this.#pending.pop();
    if (id === undefined) return false;
    try {
      for (const reference of listReferences(this.#store.read(id))) this.#addReference(reference);
    } catch (error) {
      if (!(error instanceof JvsError)) throw error;
      this.unreadable.set(id, error.message);
    }
    return true;
  }

  #addReference({ kind, id }: ObjectReference): void {
    if (kind === "d" || kind === "g") this.#addFolder(id);
    else if (this.#wantsFiles || kind !== "f") this.#add(id);
  }

  #addFolder(id: ObjectId): void {
    this.#add(id);
    const seen = this.#wantsFiles ? this.#folders : this.#foldersAlone;
    if (this.#key.set(id) && seen.add(this.#key)) this.#pending.push(id);
  }

  #add(id: ObjectId): void {
    if (this.#key.set(id)) this.wanted.add(this.#key);
  }
}
