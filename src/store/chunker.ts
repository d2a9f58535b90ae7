import { GEAR } from "./gear-table.ts";

/** Bytes of the smallest chunk (but for a file's last), of the usual one, and of the largest. */
export const CHUNK_MIN: number = 256 * 1024;
export const CHUNK_AVERAGE: number = 1024 * 1024;
export const CHUNK_MAX: number = 4 * 1024 * 1024;

/** Before the average a cut needs 22 zero bits, after it 18: so sizes gather around the average. */
const STRICT_MASK = 0xfffffc00 | 0;
const LOOSE_MASK = 0xffffc000 | 0;

/**
 * Cuts a stream of bytes into chunks at places that depend on the bytes nearby, so that an edit
 * changes the chunks it touches and no others.
 *
 * FastCDC (Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016) with normalised chunking of level 2, a 32-bit gear hash, and the
 * cut after the byte that brings the hash to zero under the mask. The hash starts at zero after the
 * first {@link CHUNK_MIN} bytes of a chunk, which are skipped.
 */
export class Chunker {
  readonly #emit: (chunk: Uint8Array) => void;
  /** The beginning of a chunk whose end was not in the pieces so far. */
  #held: Buffer | undefined;
  #heldLength = 0;
  readonly #rolling = { hash: 0 };

  /** `emit` gets each chunk in order, in memory that is reused afterwards. */
  constructor(emit: (chunk: Uint8Array) => void) {
    this.#emit = emit;
  }

  /** Takes the next bytes; they may be reused at once. */
  update(piece: Uint8Array): void {
    let start = 0;
    while (start < piece.length) {
      const end = this.#findEnd(piece, start);
      if (end === -1) this.#hold(piece.subarray(start));
      else this.#finishChunk(piece.subarray(start, end));
      start = end === -1 ? piece.length : end;
    }
  }

  /** Gives out the last chunk; without any bytes there is none. */
  finish(): void {
    if (this.#heldLength > 0) this.#finishChunk(new Uint8Array(0));
  }

  /** The end, in `piece`, of the chunk that goes on at `start`; -1 when it lies beyond the piece. */
  #findEnd(piece: Uint8Array, start: number): number {
    const origin = start - this.#heldLength;
    const limits = {
      strict: origin + CHUNK_MIN,
      loose: origin + CHUNK_AVERAGE,
      end: origin + CHUNK_MAX,
    };
    let at = Math.max(start, Math.min(limits.strict, piece.length));
    for (const [until, mask] of [
      [limits.loose, STRICT_MASK],
      [limits.end, LOOSE_MASK],
    ] as const) {
      const to = Math.min(until, piece.length);
      const cut = roll(this.#rolling, piece.subarray(at, Math.max(at, to)), mask);
      if (cut !== -1) return at + cut;
      at = Math.max(at, to);
    }
    return at === limits.end ? at : -1;
  }

  #hold(bytes: Uint8Array): void {
    this.#held ??= Buffer.allocUnsafeSlow(CHUNK_MAX);
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength += bytes.length;
  }

  #finishChunk(rest: Uint8Array): void {
    let chunk = rest;
    if (this.#heldLength > 0) {
      this.#hold(rest);
      chunk = this.#held?.subarray(0, this.#heldLength) ?? rest;
    }
    this.#heldLength = 0;
    this.#rolling.hash = 0;
    this.#emit(chunk);
  }
}

/** Where in `bytes` the chunk ends, or -1. The loop runs once for each byte: nothing but 32-bit integers in it. */
function roll(rolling: { hash: number }, bytes: Uint8Array, mask: number): number {
  const { length } = bytes;
  let hash = rolling.hash | 0;
  for (let at = 0; at < length; at++) {
    hash = ((hash << 1) + (GEAR[bytes[at] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 1;
  }
  rolling.hash = hash;
  return -1;
}
