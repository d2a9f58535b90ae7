import { ptr } from "bun:ffi";
import type { IoMemory } from "../fs/file-io.ts";

/** Where the next bytes are to be put: `length` bytes from byte `offset` of the memory on. */
export interface RingRoom {
  readonly memory: IoMemory;
  readonly offset: number;
  readonly length: number;
}

/** Memory that a stream of bytes goes through, round and round: the newest of them are still there. */
export class PieceRing {
  /** Bytes that are kept. */
  readonly size: number;
  readonly #memory: IoMemory;
  #end = 0;

  constructor(memory: ArrayBuffer | SharedArrayBuffer) {
    const bytes = new Uint8Array(memory);
    this.size = bytes.length;
    this.#memory = { bytes, address: ptr(bytes) };
  }

  /** Bytes that came so far. */
  get end(): number {
    return this.#end;
  }

  /** Begins a new stream. */
  clear(): void {
    this.#end = 0;
  }

  /** Room for `most` bytes, or for fewer where the memory begins anew. */
  room(most: number): RingRoom {
    const offset = this.#end % this.size;
    return { memory: this.#memory, offset, length: Math.min(most, this.size - offset) };
  }

  /** So many bytes were put into that room. */
  took(count: number): void {
    this.#end += count;
  }

  /** The bytes of the stream from `from` on, as far as they lie in one piece, to `to` at most. */
  part(from: number, to: number): Uint8Array {
    const offset = from % this.size;
    return this.#memory.bytes.subarray(offset, Math.min(offset + to - from, this.size));
  }

  /** All of these bytes; a copy where they do not lie in one piece. */
  whole(from: number, to: number): Uint8Array {
    const first = this.part(from, to);
    if (first.length === to - from) return first;
    const copy = new Uint8Array(to - from);
    copy.set(first);
    copy.set(this.part(from + first.length, to), first.length);
    return copy;
  }
}
