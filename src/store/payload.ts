import { RAW, ZSTD } from "./pack-format.ts";

/** Level 3 costs 2.5 times the time and saves 2 to 4 % more. */
export const USUAL_LEVEL = 1;
/** Content below this many bytes is not worth a frame. */
const SMALLEST = 64;
/** From this many bytes on, a look at a sample is cheaper than trying. */
const PROBE_FROM = 1024;
const SAMPLE = 256;
/** About 7.6 bits of (collision) entropy a byte: coding it would save 5 % at best. */
const NOISE = 1.3 * SAMPLE * ((SAMPLE - 1) / 256);
/** Share of the size that a frame may have; else the content stays raw. */
const WORTHWHILE = 0.95;

/** Content as it goes into a pack. */
export interface Payload {
  /** RAW, ZSTD or CHUNK_LIST. */
  readonly encoding: number;
  /** Bytes of the content, before encoding. */
  readonly rawSize: number;
  readonly bytes: Uint8Array;
}

const counts = new Uint16Array(256);

/** The content in the same memory, as it is. */
export function keepRaw(bytes: Uint8Array): Payload {
  return { encoding: RAW, rawSize: bytes.length, bytes };
}

/** Compresses the content, or leaves it as it is where that would not save 5 %. */
export function compress(bytes: Uint8Array, level: number = USUAL_LEVEL): Payload {
  const rawSize = bytes.length;
  if (rawSize < SMALLEST) return keepRaw(bytes);
  const frame = Bun.zstdCompressSync(bytes, { level });
  return frame.length <= rawSize * WORTHWHILE
    ? { encoding: ZSTD, rawSize, bytes: frame }
    : keepRaw(bytes);
}

/** The content of a zstd frame that states `most` bytes of it at most, or undefined when it is not one. */
export function inflate(frame: Uint8Array, most: number): Uint8Array | undefined {
  const size = contentSizeOf(frame);
  if (size < 0 || size > most) return undefined;
  try {
    const bytes = Bun.zstdDecompressSync(frame);
    if (bytes.length !== size) return undefined;
    return new Uint8Array(bytes.buffer, bytes.byteOffset, size);
  } catch {
    return undefined;
  }
}

/**
 * Whether a sample of the bytes is spread like random numbers (encrypted, compressed, media): then the
 * number of equal pairs in it is about what chance gives. Short content never is.
 */
export function looksLikeNoise(bytes: Uint8Array): boolean {
  if (bytes.length < PROBE_FROM) return false;
  const step = Math.floor(bytes.length / SAMPLE);
  // Not always the same place of a step: tables have the same kind of byte every so many bytes.
  const wobble = step >= 16 ? 15 : 3;
  counts.fill(0);
  let equalPairs = 0;
  for (let sample = 0; sample < SAMPLE; sample++) {
    const byte = bytes[sample * step + (sample & wobble)] ?? 0;
    const before = counts[byte] ?? 0;
    equalPairs += before;
    counts[byte] = before + 1;
  }
  return 2 * equalPairs < NOISE;
}

/**
 * The content size that a frame states, so that a hostile frame cannot fill the memory (RFC 8878,
 * section 3.1.1.1); -1 when it states none below 4 GiB.
 */
function contentSizeOf(frame: Uint8Array): number {
  if (frame.length < 6) return -1;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionary;
  const flag = descriptor >>> 6;
  if (frame.length < at + 4) return -1;
  if (flag === 0) return isSingleSegment ? view.getUint8(at) : -1;
  if (flag === 1) return view.getUint16(at, true) + 256;
  return flag === 2 ? view.getUint32(at, true) : -1;
}
