import type { ObjectId } from "../model/entry.ts";

const ID_SIZE = 32;

/** An object id as bytes, ready to be looked up. One key is used over and over: ids come by the ten thousand. */
export class IdKey {
  readonly bytes: Buffer = Buffer.alloc(ID_SIZE);
  /** The same memory: comparing words is several times faster than through a view. */
  readonly words: Int32Array = new Int32Array(
    this.bytes.buffer,
    this.bytes.byteOffset,
    ID_SIZE / 4,
  );
  readonly #view: DataView = new DataView(this.bytes.buffer, this.bytes.byteOffset, ID_SIZE);

  /** The first 32 bits, made a number by {@link orderOf}: almost always enough to compare ids. */
  order = 0;
  /** The next 32 bits, for hash tables. */
  hash = 0;

  /** Takes on `id`. Returns false, and holds nothing of use, when it is not 64 hex digits. */
  set(id: ObjectId): boolean {
    const isId = id.length === 2 * ID_SIZE && this.bytes.write(id, "hex") === ID_SIZE;
    this.order = orderOf(this.#view, 0);
    this.hash = this.#view.getInt32(4);
    return isId;
  }

  /** Takes on the id in the 32 bytes at `at`. */
  setBytes(bytes: Uint8Array, at: number): void {
    this.bytes.set(bytes.subarray(at, at + ID_SIZE));
    this.order = orderOf(this.#view, 0);
    this.hash = this.#view.getInt32(4);
  }

  /** Negative, zero or positive: this id stands before, at, or after the id at byte `at` of `view`. */
  compare(view: DataView, at: number): number {
    const first = orderOf(view, at);
    if (this.order !== first) return this.order < first ? -1 : 1;
    for (let part = 4; part < ID_SIZE; part += 4) {
      const difference = orderOf(this.#view, part) - orderOf(view, at + part);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/**
 * The 32 bits at `at` as a signed number that sorts as the bytes do. Unsigned ones would be floating
 * point to the compiler, three times slower.
 */
export function orderOf(view: DataView, at: number): number {
  return view.getInt32(at) ^ -0x80000000;
}

/** The id that the 32 bytes at `at` spell. */
export function idAt(bytes: Uint8Array, at: number): ObjectId {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, ID_SIZE).toString("hex") as ObjectId;
}

/** The SHA-256 of `bytes`. */
export function hashObject(bytes: Uint8Array): ObjectId {
  return Bun.CryptoHasher.hash("sha256", bytes, "hex") as ObjectId;
}
