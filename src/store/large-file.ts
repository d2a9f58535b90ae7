import type { ObjectId } from "../model/entry.ts";
import type { ChunkRef } from "./chunk-list.ts";
import { CHUNK_MAX, Chunker } from "./chunker.ts";
import { HelpedHash } from "./helped-hash.ts";
import { hashObject } from "./id-key.ts";
import { KnownChunks } from "./known-chunks.ts";
import { SMALL_LIMIT } from "./pack-format.ts";
import { PieceRing, type RingRoom } from "./piece-ring.ts";
import { OwnHash, type WholeHash } from "./whole-hash.ts";

/** Content that comes in pieces of any size, in order. */
export interface LargeFile {
  /** Memory for the next bytes; it has room for one at least. */
  room(): RingRoom;
  /** So many bytes were put there. Throws the system's errors. */
  took(count: number): void;
  /** Both at once for bytes that lie elsewhere, and may be reused at once. */
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

/** What helps to take a file in less time, and changes nothing of what comes of it. */
export interface LargeFileHelp {
  /** Chunks that it had before, all of which are stored. */
  readonly known: readonly ChunkRef[];
  /** Whether a core has nothing else to do. */
  readonly hasIdleCore: boolean;
}

const PIECE = 256 << 10;
/** A chunk and the pieces around it; and some 5 ms of hashing, about what another thread takes to start. */
const RING = 2 * CHUNK_MAX;

/** Begins a file. Should it turn out to be small, it is stored as small content is. */
export function beginLargeFile(sink: LargeFileSink, help: LargeFileHelp): LargeFile {
  if (!help.hasIdleCore) {
    const ring = new PieceRing(new ArrayBuffer(RING));
    return new ChunkedFile(sink, help.known, { ring, whole: new OwnHash(ring) });
  }
  const whole = new HelpedHash(RING);
  return new ChunkedFile(sink, help.known, { ring: whole.ring, whole });
}

class ChunkedFile implements LargeFile {
  readonly #sink: LargeFileSink;
  readonly #ring: PieceRing;
  readonly #whole: WholeHash;
  readonly #known: KnownChunks;
  readonly #chunker: Chunker = new Chunker();
  readonly #chunks: ChunkRef[] = [];
  /** Where the chunk that goes on begins. */
  #start = 0;

  constructor(
    sink: LargeFileSink,
    known: readonly ChunkRef[],
    { ring, whole }: { ring: PieceRing; whole: WholeHash },
  ) {
    this.#sink = sink;
    this.#ring = ring;
    this.#whole = whole;
    this.#known = new KnownChunks(known);
  }

  room(): RingRoom {
    this.#whole.makeRoom(PIECE);
    return this.#ring.room(PIECE);
  }

  took(count: number): void {
    const before = this.#ring.end;
    this.#ring.took(count);
    this.#whole.took(count);
    const { end } = this.#ring;
    // Until there is more than small content, there are no chunks.
    if (end > SMALL_LIMIT) this.#feed(before <= SMALL_LIMIT ? 0 : before);
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const { memory, offset, length } = this.room();
      const part = piece.subarray(at, at + length);
      memory.bytes.set(part, offset);
      this.took(part.length);
      at += part.length;
    }
  }

  finish(): ObjectId {
    const { end } = this.#ring;
    if (end > SMALL_LIMIT) this.#finishChunks(end);
    const id = this.#whole.finish();
    if (end <= SMALL_LIMIT) this.#sink.storeWhole(id, this.#ring.whole(0, end));
    // A single chunk is the whole file, under the same id.
    else if (this.#chunks.length > 1) this.#sink.storeList(id, this.#chunks);
    return id;
  }

  abandon(): void {
    this.#whole.abandon();
    this.#chunks.length = 0;
  }

  #feed(from: number): void {
    const { end } = this.#ring;
    for (let at = from; at < end; )
      at = this.#known.expected === undefined ? this.#cut(at, end) : this.#compare(at, end);
  }

  /** Looks for the end of the chunk from byte `at` on; returns where to go on. */
  #cut(at: number, end: number): number {
    const bytes = this.#ring.part(at, end);
    const length = this.#chunker.next(bytes);
    if (length === -1) return at + bytes.length;
    this.#storeChunk(at + length);
    return at + length;
  }

  /** Takes bytes of the chunk that should come; returns where to go on. */
  #compare(at: number, end: number): number {
    const { size } = this.#known.expected as ChunkRef;
    const bytes = this.#ring.part(at, Math.min(end, this.#start + size));
    this.#known.update(bytes);
    const done = at + bytes.length;
    if (done < this.#start + size) return done;
    const chunk = this.#known.expected as ChunkRef;
    // Another one: its end is looked for from its beginning.
    if (!this.#known.isAsBefore()) return this.#start;
    this.#chunks.push(chunk);
    this.#start = done;
    return done;
  }

  #finishChunks(end: number): void {
    if (this.#known.expected !== undefined) {
      this.#known.lose();
      this.#feed(this.#start);
    }
    if (this.#start < end) this.#storeChunk(end);
  }

  #storeChunk(end: number): void {
    const bytes = this.#ring.whole(this.#start, end);
    const id = hashObject(bytes);
    this.#sink.storeWhole(id, bytes);
    this.#chunks.push({ id, size: bytes.length });
    this.#start = end;
    this.#known.resume(id, end);
  }
}
