import type { ObjectId } from "../model/entry.ts";
import { type IdKey, idAt } from "./id-key.ts";
import { IndexHead, type RowSpan } from "./index-head.ts";
import {
  decodeRow,
  makeRowMemory,
  type ObjectRow,
  ROW_SIZE,
  type RowMemory,
} from "./pack-format.ts";

/** An object that an index knows. */
export interface IndexedObject {
  readonly id: ObjectId;
  readonly row: ObjectRow;
}

/**
 * A sorted index in memory, looked into without building anything from it. Each bucket is checked
 * when it is first used; every method may throw IndexDamaged.
 */
export class PackIndex {
  readonly head: IndexHead;
  readonly rows: RowMemory;
  /** One byte a bucket: whether it was checked. */
  readonly #checked: Uint8Array;

  /** `bytes` are those of the file; `path` is for messages. */
  constructor(path: string, bytes: Uint8Array) {
    this.rows = makeRowMemory(bytes);
    this.head = new IndexHead(path, this.rows);
    this.#checked = new Uint8Array(this.head.buckets);
  }

  get count(): number {
    return this.head.count;
  }

  /** The row of the id. */
  find(key: IdKey): ObjectRow | undefined {
    const bucket = this.head.bucketOf(key);
    if (this.#checked[bucket] === 0) this.#check(bucket);
    return findRow(this.rows, key, { ...this.head.rowsOf(bucket), start: this.head.size });
  }

  /** All of it, checked. */
  whole(): this {
    for (let bucket = 0; bucket < this.#checked.length; bucket++)
      if (this.#checked[bucket] === 0) this.#check(bucket);
    return this;
  }

  /** Where in {@link rows} each row begins, in bytes, in the order of ids. */
  *starts(): Generator<number> {
    this.whole();
    for (let number = 0; number < this.count; number++) yield this.head.startOf(number);
  }

  /** Every object, in the order of ids. */
  *objects(): Generator<IndexedObject> {
    for (const at of this.starts())
      yield { id: idAt(this.rows.bytes, at), row: decodeRow(this.rows, at) };
  }

  #check(bucket: number): void {
    const { head } = this;
    const { first, end } = head.rowsOf(bucket);
    head.check(bucket, this.rows.bytes.subarray(head.startOf(first), head.startOf(end)));
    this.#checked[bucket] = 1;
  }
}

/** Looks for an id among sorted rows; row 0 begins at byte `start` of the memory. */
export function findRow(
  memory: RowMemory,
  key: IdKey,
  { first, end, start }: RowSpan & { readonly start: number },
): ObjectRow | undefined {
  let low = first;
  let high = end - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = start + middle * ROW_SIZE;
    const order = key.compare(memory.view, at);
    if (order === 0) return decodeRow(memory, at);
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return undefined;
}
