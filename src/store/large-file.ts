import type { ObjectId } from "../model/entry.ts";
import type { ChunkRef } from "./chunk-list.ts";
import { Chunker } from "./chunker.ts";
import { hashObject } from "./id-key.ts";
import { SMALL_LIMIT } from "./pack-format.ts";

/** Content that comes in pieces of any size, in order. */
export interface LargeFile {
  /** The piece may be reused at once. Throws the system's errors. */
  update(piece: Uint8Array): void;
  /** Returns the id of the whole. Call it once, after the last piece. */
  finish(): ObjectId;
  /** Forgets it. Chunks written already may stay: they are harmless. */
  abandon(): void;
}

/** Where the parts of a large file go; what is stored already is not stored again. */
export interface LargeFileSink {
  storeWhole(id: ObjectId, bytes: Uint8Array): void;
  storeList(id: ObjectId, chunks: readonly ChunkRef[]): void;
}

/** Begins a file. Should it turn out to be small, it is stored as small content is. */
export function beginLargeFile(sink: LargeFileSink): LargeFile {
  return new ChunkedFile(sink);
}

class ChunkedFile implements LargeFile {
  readonly #sink: LargeFileSink;
  readonly #chunks: ChunkRef[] = [];
  readonly #chunker: Chunker = new Chunker((bytes) => this.#storeChunk(bytes));
  readonly #whole = new Bun.CryptoHasher("sha256");
  /** The beginning, until there is more than small content. */
  #start: Buffer | undefined;
  #startLength = 0;
  #isLarge = false;

  constructor(sink: LargeFileSink) {
    this.#sink = sink;
  }

  update(piece: Uint8Array): void {
    if (!this.#isLarge && this.#startLength + piece.length <= SMALL_LIMIT) this.#hold(piece);
    else {
      if (!this.#isLarge) this.#becomeLarge();
      this.#feed(piece);
    }
  }

  finish(): ObjectId {
    return this.#isLarge ? this.#finishLarge() : this.#storeWhole(this.#held());
  }

  abandon(): void {
    this.#start = undefined;
    this.#chunks.length = 0;
  }

  #hold(piece: Uint8Array): void {
    this.#start ??= Buffer.allocUnsafeSlow(SMALL_LIMIT);
    this.#start.set(piece, this.#startLength);
    this.#startLength += piece.length;
  }

  #held(): Uint8Array {
    return this.#start?.subarray(0, this.#startLength) ?? new Uint8Array(0);
  }

  #becomeLarge(): void {
    this.#isLarge = true;
    this.#feed(this.#held());
    this.#start = undefined;
  }

  #feed(piece: Uint8Array): void {
    this.#whole.update(piece);
    this.#chunker.update(piece);
  }

  #storeChunk(bytes: Uint8Array): void {
    this.#chunks.push({ id: this.#storeWhole(bytes), size: bytes.length });
  }

  #storeWhole(bytes: Uint8Array): ObjectId {
    const id = hashObject(bytes);
    this.#sink.storeWhole(id, bytes);
    return id;
  }

  #finishLarge(): ObjectId {
    this.#chunker.finish();
    const id = this.#whole.digest("hex") as ObjectId;
    // A single chunk is the whole file, under the same id.
    if (this.#chunks.length > 1) this.#sink.storeList(id, this.#chunks);
    return id;
  }
}
