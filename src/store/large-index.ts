import type { IdKey } from "./id-key.ts";
import { orderOf } from "./id-key.ts";
import type { IndexHead } from "./index-head.ts";
import {
  decodeRow,
  makeRowMemory,
  type ObjectRow,
  ROW_SIZE,
  type RowMemory,
} from "./pack-format.ts";
import { findRow, PackIndex } from "./pack-index.ts";

/** After this many look-ups, each of which reads a bucket, the rest is read in one go. */
const MANY_READS = 64;
/** In a smaller index after fewer: to read one takes as long as to read so many bytes more. */
const WORTH_A_READ = 64 * 1024;
/** One of so many bytes is then kept in memory. */
const KEEP_WHOLE = 1 << 20;

/** Fills memory from a byte of the index file on; returns how many bytes there were. */
export type ReadIndex = (target: Uint8Array, position: number) => number;

/** An index file whose head was read and checked. */
export interface IndexFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly head: IndexHead;
  readonly read: ReadIndex;
}

/**
 * A sorted index that stays in its file: the first look-ups read the bucket that they need, later
 * ones the row alone, told by the first bits of all ids. Those take a sixteenth of the memory of the
 * rows, of which each thread would have its own. What is read is checked; every method may throw
 * IndexDamaged.
 */
export class LargeIndex {
  readonly head: IndexHead;
  readonly #file: IndexFile;
  readonly #most: number;
  #reads = 0;
  /** The first 32 bits of each id, as {@link orderOf} has them. */
  #orders: Int32Array | undefined;
  #kept: PackIndex | undefined;
  #bucket: RowMemory | undefined;
  readonly #row: RowMemory = makeRowMemory(new Uint8Array(ROW_SIZE));

  constructor(file: IndexFile) {
    this.head = file.head;
    this.#file = file;
    this.#most = Math.min(MANY_READS, Math.ceil(file.size / WORTH_A_READ));
  }

  /** The row of the id. */
  find(key: IdKey): ObjectRow | undefined {
    if (this.#kept === undefined && this.#orders === undefined && ++this.#reads > this.#most)
      this.#readRest();
    if (this.#kept !== undefined) return this.#kept.find(key);
    const bucket = this.head.bucketOf(key);
    if (this.#orders !== undefined) return this.#findByOrder(this.#orders, key, bucket);
    const { first, end } = this.head.rowsOf(bucket);
    return findRow(this.#readBucket(bucket), key, { first: 0, end: end - first, start: 0 });
  }

  /** All of it in memory, and checked. */
  whole(): PackIndex {
    const { path, size } = this.#file;
    const bytes = new Uint8Array(size);
    bytes.set(this.head.bytes);
    this.#read(bytes.subarray(this.head.size), 0);
    return new PackIndex(path, bytes).whole();
  }

  #readRest(): void {
    if (this.#file.size <= KEEP_WHOLE) {
      this.#kept = this.whole();
      return;
    }
    const { head } = this;
    const orders = new Int32Array(head.count);
    for (let bucket = 0; bucket < head.buckets; bucket++) {
      const { first, end } = head.rowsOf(bucket);
      const { view } = this.#readBucket(bucket);
      for (let row = first; row < end; row++) orders[row] = orderOf(view, (row - first) * ROW_SIZE);
    }
    this.#orders = orders;
    this.#bucket = undefined;
  }

  /** The rows of a bucket, good until the next call. */
  #readBucket(bucket: number): RowMemory {
    const { first, end } = this.head.rowsOf(bucket);
    const length = (end - first) * ROW_SIZE;
    if (this.#bucket === undefined || this.#bucket.bytes.length < length)
      this.#bucket = makeRowMemory(new Uint8Array(length));
    const bytes = this.#bucket.bytes.subarray(0, length);
    this.#read(bytes, first);
    this.head.check(bucket, bytes);
    return this.#bucket;
  }

  #findByOrder(orders: Int32Array, key: IdKey, bucket: number): ObjectRow | undefined {
    const { first, end } = this.head.rowsOf(bucket);
    const { view, bytes } = this.#row;
    for (let row = firstAt(orders, key.order, { first, end }); orders[row] === key.order; row++) {
      this.#read(bytes, row);
      if (orderOf(view, 0) !== key.order) throw this.head.damage(`row ${row}`);
      if (key.compare(view, 0) === 0) return decodeRow(this.#row, 0);
    }
    return undefined;
  }

  #read(target: Uint8Array, row: number): void {
    if (this.#file.read(target, this.head.startOf(row)) < target.length)
      throw this.head.damage("it was cut short");
  }
}

/** The first row whose order is not below `order`; behind the last one when there is none. */
function firstAt(
  orders: Int32Array,
  order: number,
  { first, end }: { first: number; end: number },
): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((orders[middle] as number) < order) low = middle + 1;
    else high = middle;
  }
  return low;
}
