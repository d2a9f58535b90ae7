import { closeFd } from "../fs/at.ts";
import type { ObjectId } from "../model/entry.ts";
import { type IdKey, idAt } from "./id-key.ts";
import { BUCKET_SIZE, bucketOf, FANOUT_AT, headSizeOf } from "./index-format.ts";
import { openForReading } from "./open-for-reading.ts";
import {
  decodeRow,
  makeRowMemory,
  type ObjectRow,
  ROW_SIZE,
  type RowMemory,
  xxh3,
} from "./pack-format.ts";
import { readAt } from "./read-at.ts";

/** After this many buckets were read one by one, the rest is read in one go. */
const MANY_READS = 64;
/** In a smaller index after fewer: to read one takes as long as to read so many bytes more. */
const WORTH_A_READ = 64 * 1024;

/** The index does not hold what it should. It can be made anew from its pack. */
export class IndexDamaged extends Error {
  override readonly name = "IndexDamaged";
}

/** An object that an index knows. */
export interface IndexedObject {
  readonly id: ObjectId;
  readonly row: ObjectRow;
}

/**
 * A sorted index, looked into without building anything from it. A large one is read bucket by
 * bucket as look-ups need it: memory that was never touched costs no memory. Each bucket is
 * checked when it is first used; every method may throw {@link IndexDamaged}.
 */
export class PackIndex {
  readonly count: number;
  readonly rows: RowMemory;
  readonly #path: string;
  readonly #bits: number;
  readonly #head: number;
  /** One byte a bucket: whether it was checked. */
  readonly #checked: Uint8Array;
  /** Whether all bytes are here. */
  #whole: boolean;
  #reads = 0;

  constructor(path: string, { bytes, isWhole }: { bytes: Uint8Array; isWhole: boolean }) {
    this.#path = path;
    this.rows = makeRowMemory(bytes);
    this.count = this.rows.view.getUint32(8, true);
    this.#bits = this.rows.view.getUint32(12, true);
    this.#head = headSizeOf(this.#bits);
    this.#checked = new Uint8Array(2 ** this.#bits);
    this.#whole = isWhole;
  }

  /** Where in {@link rows} the row of the id begins, in bytes, or -1. */
  find(key: IdKey): number {
    const bucket = bucketOf(key.order, this.#bits);
    if (this.#checked[bucket] === 0) this.#check(bucket);
    const { view } = this.rows;
    let low = this.#bucketStart(bucket);
    let high = this.#bucketEnd(bucket) - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.#startOf(middle);
      const order = key.compare(view, at);
      if (order === 0) return at;
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return -1;
  }

  /** Checks what was not used yet. */
  checkAll(): void {
    for (let bucket = 0; bucket < this.#checked.length; bucket++)
      if (this.#checked[bucket] === 0) this.#check(bucket);
  }

  /** Where in {@link rows} each row begins, in bytes, in the order of ids. */
  *starts(): Generator<number> {
    this.checkAll();
    for (let number = 0; number < this.count; number++) yield this.#startOf(number);
  }

  /** Every object, in the order of ids. */
  *objects(): Generator<IndexedObject> {
    this.checkAll();
    for (let number = 0; number < this.count; number++) {
      const at = this.#startOf(number);
      yield { id: idAt(this.rows.bytes, at), row: decodeRow(this.rows, at) };
    }
  }

  #startOf(number: number): number {
    return this.#head + number * ROW_SIZE;
  }

  #bucketEnd(bucket: number): number {
    return this.rows.view.getInt32(FANOUT_AT + bucket * BUCKET_SIZE, true);
  }

  #bucketStart(bucket: number): number {
    return bucket === 0 ? 0 : this.#bucketEnd(bucket - 1);
  }

  #check(bucket: number): void {
    const start = this.#startOf(this.#bucketStart(bucket));
    const end = this.#startOf(this.#bucketEnd(bucket));
    if (!this.#whole) this.#fetch(start, end);
    const wanted = this.rows.view.getBigUint64(FANOUT_AT + bucket * BUCKET_SIZE + 4, true);
    if (xxh3(this.rows.bytes.subarray(start, end)) !== wanted)
      throw new IndexDamaged(`${this.#path}: bucket ${bucket}`);
    this.#checked[bucket] = 1;
  }

  #fetch(start: number, end: number): void {
    const most = Math.min(MANY_READS, Math.ceil(this.rows.bytes.length / WORTH_A_READ));
    this.#whole = ++this.#reads > most;
    if (this.#whole) this.#checked.fill(0);
    const [from, to] = this.#whole ? [this.#head, this.rows.bytes.length] : [start, end];
    const fd = openForReading(this.#path);
    try {
      readAt({ fd, path: this.#path }, this.rows.bytes.subarray(from, to), from);
    } finally {
      closeFd(fd);
    }
  }
}
