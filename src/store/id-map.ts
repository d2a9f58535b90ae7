import type { ObjectId } from "../model/entry.ts";
import { IdKey } from "./id-key.ts";
import { IdSet } from "./id-set.ts";

const FIRST_VALUES = 1024;

/** Numbers (32-bit integers) by object id, for millions of ids. */
export class IdMap {
  readonly #ids: IdSet = new IdSet();
  #values: Int32Array = new Int32Array(FIRST_VALUES);
  readonly #key: IdKey = new IdKey();

  get count(): number {
    return this.#ids.count;
  }

  /** The number of the id, or undefined. What is no id has none. */
  get(id: ObjectId): number | undefined {
    return this.#key.set(id) ? this.getKey(this.#key) : undefined;
  }

  /** The same for an id in a key. */
  getKey(key: IdKey): number | undefined {
    const at = this.#ids.numberOf(key);
    return at < 0 ? undefined : this.#values[at];
  }

  /** Sets the number of the id. Throws a TypeError for what is no id. */
  set(id: ObjectId, value: number): void {
    if (!this.#key.set(id)) throw new TypeError(`"${id}" is no object id`);
    const isNew = this.#ids.add(this.#key);
    const at = isNew ? this.#ids.count - 1 : this.#ids.numberOf(this.#key);
    if (at === this.#values.length) this.#grow();
    this.#values[at] = value;
  }

  #grow(): void {
    const wider = new Int32Array(this.#values.length * 2);
    wider.set(this.#values);
    this.#values = wider;
  }
}
