import type { ObjectId } from "../model/entry.ts";
import type { ChunkRef } from "./chunk-list.ts";
import { CHUNK_MAX } from "./chunker.ts";

/**
 * The chunks that a file had when it was stored before. Where it still has one, its end need not be
 * looked for: the chunker would find the same, for where a chunk ends depends on its bytes alone.
 * The bytes prove it by their SHA-256.
 */
export class KnownChunks {
  readonly #chunks: readonly ChunkRef[];
  /** The number of the chunk that is expected; none when it is beyond them. */
  #next = 0;
  #hasher = new Bun.CryptoHasher("sha256");
  /** Where to go on, by the id of a chunk and by the end of one; made when something has changed. */
  #places:
    | { readonly byId: Map<ObjectId, number>; readonly byEnd: Map<number, number> }
    | undefined;

  /** The last chunk ended with the file, and may go on now: it is never expected. */
  constructor(chunks: readonly ChunkRef[]) {
    const isSound = chunks.every(({ size }) => size > 0 && size <= CHUNK_MAX);
    this.#chunks = isSound ? chunks.slice(0, -1) : [];
  }

  /** The chunk that should come now, if that is known. */
  get expected(): ChunkRef | undefined {
    return this.#chunks[this.#next];
  }

  /** Takes bytes of it. */
  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }

  /** Whether all that was taken is the expected chunk. If so, the next one is expected, else none. */
  isAsBefore(): boolean {
    const isAsBefore = this.#hasher.digest("hex") === this.expected?.id;
    this.#expect(isAsBefore ? this.#next + 1 : this.#chunks.length);
    return isAsBefore;
  }

  /** Nothing is expected, until {@link resume} finds the place again. */
  lose(): void {
    this.#expect(this.#chunks.length);
  }

  /** A chunk of that id was cut, which ends at byte `end` of the file: either may be known. */
  resume(id: ObjectId, end: number): void {
    this.#places ??= placesOf(this.#chunks);
    const number = this.#places.byId.get(id) ?? this.#places.byEnd.get(end);
    if (number !== undefined) this.#expect(number + 1);
  }

  #expect(number: number): void {
    this.#next = number;
    this.#hasher = new Bun.CryptoHasher("sha256");
  }
}

function placesOf(chunks: readonly ChunkRef[]) {
  const byId = new Map<ObjectId, number>();
  const byEnd = new Map<number, number>();
  let end = 0;
  for (const [number, { id, size }] of chunks.entries()) {
    end += size;
    byId.set(id, number);
    byEnd.set(end, number);
  }
  return { byId, byEnd };
}
