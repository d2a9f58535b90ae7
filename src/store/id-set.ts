import type { ObjectId } from "../model/entry.ts";
import { type IdKey, idAt } from "./id-key.ts";
import { makeRowMemory, type RowMemory } from "./pack-format.ts";

const ID_SIZE = 32;
const ID_WORDS = ID_SIZE / 4;
const FIRST_IDS = 1024;

/** Ids, numbered in the order they came. Ten million of them are bytes, not ten million strings. */
export class IdSet {
  #memory: RowMemory = makeRowMemory(new Uint8Array(FIRST_IDS * ID_SIZE));
  /** The same memory. */
  #words: Int32Array = new Int32Array(this.#memory.bytes.buffer);
  /** Open addressing: number + 1, or 0 for free. At most half of the slots are taken. */
  #slots: Int32Array = new Int32Array(FIRST_IDS * 4);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes the id in, unless it is there. Returns whether it was new. */
  add(key: IdKey): boolean {
    if (this.numberOf(key) >= 0) return false;
    const at = this.#count * ID_SIZE;
    if (at === this.#memory.bytes.length) this.#growMemory();
    this.#memory.bytes.set(key.bytes, at);
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    else this.#occupy(this.#count - 1);
    return true;
  }

  has(key: IdKey): boolean {
    return this.numberOf(key) >= 0;
  }

  /** The number of the id, or -1 when it is not in the set. */
  numberOf(key: IdKey): number {
    const mask = this.#slots.length - 1;
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0 || this.#isAt(number, key.words)) return number;
    }
  }

  #isAt(number: number, words: Int32Array): boolean {
    const at = number * ID_WORDS;
    for (let word = 0; word < ID_WORDS; word++)
      if (this.#words[at + word] !== words[word]) return false;
    return true;
  }

  /** The id of that number, which must be below {@link count}. */
  idOf(number: number): ObjectId {
    return idAt(this.#memory.bytes, number * ID_SIZE);
  }

  #growMemory(): void {
    const wider = new Uint8Array(this.#memory.bytes.length * 2);
    wider.set(this.#memory.bytes);
    this.#memory = makeRowMemory(wider);
    this.#words = new Int32Array(wider.buffer);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let number = 0; number < this.#count; number++) this.#occupy(number);
  }

  #occupy(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#memory.view.getInt32(number * ID_SIZE + 4) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }
}
