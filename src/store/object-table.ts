import type { IdKey } from "./id-key.ts";
import {
  encodeRow,
  makeRowMemory,
  type ObjectRow,
  ROW_SIZE,
  type RowMemory,
  xxh3,
} from "./pack-format.ts";

/** Rows in a page, and rows under one partial checksum (see pack-format.ts). */
const PAGE_ROWS = 1024;
const FIRST_SLOTS = 2048;

/**
 * The rows of a pack that is being written or scanned, in the order of the pack, with a hash table
 * over their ids. All of it is bytes: a million objects are no million JavaScript values.
 */
export class ObjectTable {
  readonly #pages: RowMemory[] = [];
  /** Open addressing: row number + 1, or 0 for free. At most half of the slots are taken. */
  #slots: Int32Array = new Int32Array(FIRST_SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Whether the id is among the rows. */
  has(key: IdKey): boolean {
    const mask = this.#slots.length - 1;
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return false;
      const { view } = this.pageOf(taken - 1);
      if (key.compare(view, byteInPage(taken - 1)) === 0) return true;
    }
  }

  /** Appends a row and returns its page; it begins there at {@link byteInPage} of its number. */
  add(key: IdKey, row: ObjectRow): RowMemory {
    const number = this.#count;
    if (number % PAGE_ROWS === 0)
      this.#pages.push(makeRowMemory(new Uint8Array(PAGE_ROWS * ROW_SIZE)));
    const page = this.pageOf(number);
    page.bytes.set(key.bytes, byteInPage(number));
    encodeRow(page, byteInPage(number), row);
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    else this.#occupy(number);
    return page;
  }

  /** The page that holds row `number`, which must exist. */
  pageOf(number: number): RowMemory {
    const page = this.#pages[Math.floor(number / PAGE_ROWS)];
    if (page === undefined) throw new RangeError(`there is no row ${number} of ${this.#count}`);
    return page;
  }

  /** The rows checksum of pack-format.ts. */
  checksum(): bigint {
    const partial = new BigUint64Array(this.#pages.length);
    for (const [at, { bytes }] of this.#pages.entries()) {
      const rows = Math.min(PAGE_ROWS, this.#count - at * PAGE_ROWS);
      partial[at] = xxh3(bytes.subarray(0, rows * ROW_SIZE));
    }
    return xxh3(new Uint8Array(partial.buffer));
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let number = 0; number < this.#count; number++) this.#occupy(number);
  }

  #occupy(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.pageOf(number).view.getInt32(byteInPage(number) + 4) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }
}

/** Where row `number` begins in its page, in bytes. */
export function byteInPage(number: number): number {
  return (number % PAGE_ROWS) * ROW_SIZE;
}
