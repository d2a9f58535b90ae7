import type { IdKey } from "./id-key.ts";
import { BUCKET_SIZE, bucketOf, FANOUT_AT, headSizeOf } from "./index-format.ts";
import { ROW_SIZE, type RowMemory, xxh3 } from "./pack-format.ts";

/** The index does not hold what it should. It can be made anew from its pack. */
export class IndexDamaged extends Error {
  override readonly name = "IndexDamaged";
}

/** Some neighbouring rows. */
export interface RowSpan {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

/** What the head of an index tells: how many rows there are, and which bucket an id is in. */
export class IndexHead {
  readonly count: number;
  /** Bytes before the first row. */
  readonly size: number;
  readonly buckets: number;
  /** Of all rows, as the pack's name has it. */
  readonly checksum: bigint;
  readonly #path: string;
  readonly #bits: number;
  readonly #view: DataView;
  readonly #memory: Uint8Array;

  /** `path` is for messages; the memory begins with the head. */
  constructor(path: string, { bytes, view }: RowMemory) {
    this.count = view.getUint32(8, true);
    this.checksum = view.getBigUint64(16, true);
    this.#path = path;
    this.#bits = view.getUint32(12, true);
    this.#view = view;
    this.#memory = bytes;
    this.size = headSizeOf(this.#bits);
    this.buckets = 2 ** this.#bits;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.size);
  }

  /** The bucket of an id. */
  bucketOf({ order }: IdKey): number {
    return bucketOf(order, this.#bits);
  }

  rowsOf(bucket: number): RowSpan {
    return { first: bucket === 0 ? 0 : this.#endOf(bucket - 1), end: this.#endOf(bucket) };
  }

  /** Where a row begins in the file, in bytes. */
  startOf(row: number): number {
    return this.size + row * ROW_SIZE;
  }

  /** Throws {@link IndexDamaged} where these are not the rows of the bucket. */
  check(bucket: number, rows: Uint8Array): void {
    const wanted = this.#view.getBigUint64(FANOUT_AT + bucket * BUCKET_SIZE + 4, true);
    if (xxh3(rows) !== wanted) throw this.damage(`bucket ${bucket}`);
  }

  damage(what: string): IndexDamaged {
    return new IndexDamaged(`${this.#path}: ${what}`);
  }

  #endOf(bucket: number): number {
    return this.#view.getInt32(FANOUT_AT + bucket * BUCKET_SIZE, true);
  }
}
