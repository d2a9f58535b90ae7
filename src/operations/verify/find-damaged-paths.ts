import type { ObjectId } from "../../model/entry.ts";
import { JvsError } from "../../model/errors.ts";
import { joinRaw, type RawPath } from "../../model/raw-path.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import type { VerifiedDamage } from "../../model/verify-report.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { listReferences, type ObjectReference } from "../../tree/object-references.ts";
import { EMPTY_FOLDER_ID } from "./reach-objects.ts";

/** A place in a tree that needs a damaged object. */
export interface DamagedPlace {
  /** From the folder in question. */
  readonly path: RawPath;
  readonly part: VerifiedDamage["part"];
  readonly object: ObjectId;
}

/** Finds the paths that need damaged objects. Each folder is looked into once for all snapshots. */
export class DamagedPaths {
  readonly #store: ObjectStore;
  readonly #damaged: ReadonlySet<ObjectId>;
  readonly #known: Map<ObjectId, readonly DamagedPlace[]> = new Map();

  constructor(store: ObjectStore, damaged: ReadonlySet<ObjectId>) {
    this.#store = store;
    this.#damaged = damaged;
  }

  /** The places in a snapshot, folder by folder. */
  ofSnapshot({ payload_root_hash: root, root_xattrs, links }: Descriptor): DamagedPlace[] {
    const top = "" as RawPath;
    const places = root === EMPTY_FOLDER_ID ? [] : [...this.#ofFolder(root)];
    if (root_xattrs !== undefined && this.#damaged.has(root_xattrs))
      places.push({ path: top, part: "attributes", object: root_xattrs });
    if (links !== undefined && this.#damaged.has(links))
      places.push({ path: top, part: "links", object: links });
    return places;
  }

  #ofFolder(id: ObjectId): readonly DamagedPlace[] {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const places: DamagedPlace[] = [];
    if (this.#damaged.has(id)) places.push({ path: "" as RawPath, part: "folder", object: id });
    for (const reference of this.#references(id)) this.#addPlaces(places, reference);
    this.#known.set(id, places);
    return places;
  }

  #addPlaces(places: DamagedPlace[], { kind, id, name }: ObjectReference): void {
    if (kind === "g") places.push(...this.#ofFolder(id));
    else if (kind === "d") {
      for (const place of this.#ofFolder(id))
        places.push({ ...place, path: place.path === "" ? name : joinRaw(name, place.path) });
    } else if (this.#damaged.has(id))
      places.push({ path: name, part: kind === "x" ? "attributes" : "content", object: id });
  }

  /** None where the folder itself cannot be read. */
  #references(id: ObjectId): ObjectReference[] {
    try {
      return [...listReferences(this.#store.read(id))];
    } catch (error) {
      if (error instanceof JvsError) return [];
      throw error;
    }
  }
}
