/**
 * # Object store, on disk (layout 1)
 *
 * ```
 * objects/packs/<name>.pack     records, one after another, in the order they were written
 * objects/packs/<name>.idx      a row for each object, sorted by id; can be made anew from the pack
 * objects/files/<aa>/<sha256>   large files as whole-file clones (not written by this room)
 * ```
 *
 * `<name>` is the pack's rows checksum (below) in 16 hex digits, a dash, and 8 random hex digits.
 * A name that ends in `.draft` is being written; whoever holds the repository's lock may delete it.
 * Numbers are little-endian and unsigned; u48 is six bytes. XXH3 is the 64-bit variant, seed 0;
 * CRC-32 is that of zlib. An object's id is the SHA-256 of its content, the raw bytes.
 *
 * ```
 * pack      "JVSPACK1" · record* · trailer
 * record    header (56 bytes) · stored bytes;   a group: header, header, ... · stored bytes
 * header    0 id [32] · 32 raw size u48 · 38 encoding u8 · 39 zero u8 · 40 stored size u32
 *           44 XXH3 of the stored bytes u64 · 52 CRC-32 of header bytes 0 to 51 u32
 * trailer   0 "JVSPKEND" · 8 number of objects u32 · 12 zero u32 · 16 rows checksum u64
 *
 * encoding  0 raw: the content itself
 *           1 zstd: one frame that states its content size
 *           2 chunk list: (size u32 · chunk id [32])*, in the order of the file; each chunk is an
 *             object of encoding 0 or 1
 *           3 group: the stored bytes are one zstd frame of 64 KiB of content at most, shared by the
 *             headers before it; here raw size is u32 at 32, and u16 at 36 says where in the
 *             frame's content this object begins; another header of the same group follows
 *           4 the same, and the stored bytes follow: the last header of its group
 *
 * row       an object's header (56 bytes) · offset u48 of the header next to the stored bytes · zero [2]
 * rows checksum   XXH3 of all rows of the pack, sorted by id
 *
 * idx       head · rows, sorted by id
 * head      0 "JVSINDX1" · 8 number of rows u32 · 12 bits u32 · 16 rows checksum u64
 *           24 fanout: for each of the 2^bits buckets (end row u32 · XXH3 of the bucket's rows u64)
 *           then XXH3 of all the head before it u64
 * bucket    the rows whose id starts with the same `bits` bits
 * ```
 *
 * Content of up to 16 KiB that shrinks goes into groups of up to 32 KiB, which zstd makes twice as
 * fast as frames of their own, and smaller. Content of up to 1 MiB is one record. A longer file is cut by
 * FastCDC (chunker.ts); it is one record for each chunk that is not stored yet, and a chunk list
 * whose id is that of the whole file. A file that makes one single chunk is that chunk.
 * An id may occur in several packs: any copy will do.
 */

export const PACK_MAGIC = "JVSPACK1";
export const TRAILER_MAGIC = "JVSPKEND";
export const INDEX_MAGIC = "JVSINDX1";

/** Bytes before the first record. */
export const PREFIX_SIZE = 8;
export const HEADER_SIZE = 56;
export const ROW_SIZE = 64;
export const TRAILER_SIZE = 24;

export const RAW = 0;
export const ZSTD = 1;
export const CHUNK_LIST = 2;
export const GROUPED = 3;
export const GROUPED_LAST = 4;

/** Content of up to this many bytes is one record. */
export const SMALL_LIMIT: number = 1 << 20;
/** No group holds more content. */
export const GROUP_LIMIT: number = 1 << 16;

const CRC_AT = 52;
const TWO_32 = 2 ** 32;

/** What a row says about an object, but for its id. */
export interface ObjectRow {
  /** Where the header next to the stored bytes begins in the pack. */
  readonly offset: number;
  /** {@link RAW}, {@link ZSTD}, {@link CHUNK_LIST}, {@link GROUPED} or {@link GROUPED_LAST}. */
  readonly encoding: number;
  /** Bytes of the content. */
  readonly rawSize: number;
  /** For an object in a group: where its content begins in that of the frame. Else 0. */
  readonly position: number;
  /** Bytes in the pack after the header. */
  readonly storedSize: number;
  /** XXH3 of those bytes. */
  readonly checksum: bigint;
}

/** One row or more, with a view on the same memory: making a view for each access is slow. */
export interface RowMemory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A view on the bytes, and the bytes. */
export function makeRowMemory(bytes: Uint8Array): RowMemory {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Whether objects of this encoding share their stored bytes. */
export function isGrouped(encoding: number): boolean {
  return encoding >= GROUPED;
}

/** Writes a row at byte `at`, after its id, which must be there already. */
export function encodeRow({ bytes, view }: RowMemory, at: number, row: ObjectRow): void {
  view.setUint32(at + 32, row.rawSize >>> 0, true);
  const high = isGrouped(row.encoding) ? row.position : Math.floor(row.rawSize / TWO_32);
  view.setUint16(at + 36, high, true);
  view.setUint16(at + 38, row.encoding, true);
  view.setUint32(at + 40, row.storedSize, true);
  view.setBigUint64(at + 44, row.checksum, true);
  view.setUint32(at + CRC_AT, Bun.hash.crc32(bytes.subarray(at, at + CRC_AT)), true);
  view.setUint32(at + 56, row.offset >>> 0, true);
  view.setUint32(at + 60, Math.floor(row.offset / TWO_32), true);
}

/** Reads the row at byte `at`. */
export function decodeRow(memory: RowMemory, at: number): ObjectRow {
  const { view } = memory;
  const offset = view.getUint32(at + 56, true) + view.getUint32(at + 60, true) * TWO_32;
  return { ...decodeHeader(memory, at), offset };
}

/** Reads the header at byte `at`. */
export function decodeHeader({ view }: RowMemory, at: number): Omit<ObjectRow, "offset"> {
  const encoding = view.getUint8(at + 38);
  const high = view.getUint16(at + 36, true);
  return {
    encoding,
    rawSize: view.getUint32(at + 32, true) + (isGrouped(encoding) ? 0 : high * TWO_32),
    position: isGrouped(encoding) ? high : 0,
    storedSize: view.getUint32(at + 40, true),
    checksum: view.getBigUint64(at + 44, true),
  };
}

/** Whether the header at byte `at` is as it was written. */
export function isHeaderIntact({ bytes, view }: RowMemory, at: number): boolean {
  return (
    view.getUint16(at + 38, true) <= GROUPED_LAST &&
    view.getUint32(at + CRC_AT, true) === Bun.hash.crc32(bytes.subarray(at, at + CRC_AT))
  );
}

/** The last bytes of a pack of `count` objects. */
export function encodeTrailer(count: number, rowsChecksum: bigint): Uint8Array {
  const trailer = Buffer.alloc(TRAILER_SIZE);
  trailer.write(TRAILER_MAGIC, "latin1");
  trailer.writeUInt32LE(count, 8);
  trailer.writeBigUInt64LE(rowsChecksum, 16);
  return trailer;
}

/** XXH3, 64 bits, seed 0. */
export function xxh3(bytes: Uint8Array): bigint {
  return Bun.hash.xxHash3(bytes);
}

/** A checksum in 16 hex digits, as pack names begin. */
export function toHex64(checksum: bigint): string {
  return checksum.toString(16).padStart(16, "0");
}
