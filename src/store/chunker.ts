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
 * changes the chunks it touches and no others. The last chunk ends with the stream.
 *
 * FastCDC (Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data
 * Deduplication", USENIX ATC 2016) with normalised chunking of level 2, a 32-bit gear hash, and the
 * cut after the byte that brings the hash to zero under the mask. The hash starts at zero after the
 * first {@link CHUNK_MIN} bytes of a chunk, which are skipped.
 */
export class Chunker {
  /** Bytes that the chunk has so far. */
  #length = 0;
  readonly #rolling = { hash: 0 };

  /**
   * Takes the next bytes, up to the end of the chunk: how many belong to it, or -1 when it goes on
   * behind them all. What comes after its end is to be handed in again.
   */
  next(piece: Uint8Array): number {
    const end = this.#findEnd(piece);
    this.#length = end === -1 ? this.#length + piece.length : 0;
    if (end !== -1) this.#rolling.hash = 0;
    return end;
  }

  #findEnd(piece: Uint8Array): number {
    const most = CHUNK_MAX - this.#length;
    let at = Math.max(0, Math.min(CHUNK_MIN - this.#length, piece.length));
    for (const [until, mask] of [
      [CHUNK_AVERAGE - this.#length, STRICT_MASK],
      [most, LOOSE_MASK],
    ] as const) {
      const to = Math.min(until, piece.length);
      const cut = roll(this.#rolling, piece.subarray(at, Math.max(at, to)), mask);
      if (cut !== -1) return at + cut;
      at = Math.max(at, to);
    }
    return at === most ? at : -1;
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
