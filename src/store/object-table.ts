import type { IdKey } from "./id-key.ts";
import {
  encodeRow,
  HEADER_SIZE,
  makeRowMemory,
  type ObjectRow,
  ROW_SIZE,
  type RowMemory,
} from "./pack-format.ts";

const PAGE_ROWS = 1024;
const FIRST_SLOTS = 2048;

/**
 * The rows of a pack that is being written or scanned, with a hash table over their ids. All of it is bytes: a million objects are no million JavaScript values.
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

  /** Appends a row that holds the id alone, to be filled by {@link fill}; returns its number. */
  reserve(key: IdKey): number {
    const number = this.#count;
    if (number % PAGE_ROWS === 0)
      this.#pages.push(makeRowMemory(new Uint8Array(PAGE_ROWS * ROW_SIZE)));
    this.pageOf(number).bytes.set(key.bytes, byteInPage(number));
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    else this.#occupy(number);
    return number;
  }

  /** Writes the rest of row `number` and returns its header, as it goes into the pack. */
  fill(number: number, row: ObjectRow): Uint8Array {
    const page = this.pageOf(number);
    const at = byteInPage(number);
    encodeRow(page, at, row);
    return page.bytes.subarray(at, at + HEADER_SIZE);
  }

  /** The page that holds row `number`, which must exist. */
  pageOf(number: number): RowMemory {
    const page = this.#pages[Math.floor(number / PAGE_ROWS)];
    if (page === undefined) throw new RangeError(`there is no row ${number} of ${this.#count}`);
    return page;
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
