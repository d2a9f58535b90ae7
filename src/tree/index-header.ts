import { COLUMNS } from "./columns.ts";
import { ID_BYTES } from "./scan-table.ts";
import type { FrozenToken, WatchToken } from "./table-facts.ts";

/** What stands at the beginning of an index file; see docs/format.md, "Stat index". */
export interface IndexHeader {
  readonly rows: number;
  /** For how many rows there is room. */
  readonly rowRoom: number;
  readonly nameBytes: number;
  readonly nameRoom: number;
  readonly xattrRows: number;
  readonly unsettledRows: number;
  /** How many of these, at the end, are merely not stored. */
  readonly unstoredRows: number;
  readonly generation: number;
  readonly entries: number;
  readonly ignored: number;
  readonly dead: number;
}

const MAGIC = Buffer.from("JVIDXS6\n").readBigUInt64LE();
/** The part that the checksum at the end covers; the two tokens behind it have their own. */
export const HEADER_BYTES = 64;
const TOKEN_BYTES = 32;
export const SECTIONS_START: number = HEADER_BYTES + 2 * TOKEN_BYTES;
/** A row number and an id. */
export const XATTR_BYTES: number = 4 + ID_BYTES;

export function encodeHeader(header: IndexHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeBigUInt64LE(MAGIC, 0);
  const { rows, rowRoom, nameBytes, nameRoom, xattrRows, unsettledRows } = header;
  const counts = [rows, rowRoom, nameBytes, nameRoom, xattrRows, unsettledRows];
  for (const [index, count] of counts.entries()) bytes.writeUInt32LE(count, 8 + index * 4);
  bytes.writeBigUInt64LE(BigInt(header.generation), 32);
  bytes.writeUInt32LE(header.entries, 40);
  bytes.writeUInt32LE(header.ignored, 44);
  bytes.writeUInt32LE(header.dead, 48);
  bytes.writeUInt32LE(header.unstoredRows, 52);
  return bytes;
}

/** Undefined when the file is no index of this version. */
export function decodeHeader(file: Buffer): IndexHeader | undefined {
  if (file.length < SECTIONS_START + 8 || file.readBigUInt64LE(0) !== MAGIC) return undefined;
  return {
    rows: file.readUInt32LE(8),
    rowRoom: file.readUInt32LE(12),
    nameBytes: file.readUInt32LE(16),
    nameRoom: file.readUInt32LE(20),
    xattrRows: file.readUInt32LE(24),
    unsettledRows: file.readUInt32LE(28),
    unstoredRows: file.readUInt32LE(52),
    generation: Number(file.readBigUInt64LE(32)),
    entries: file.readUInt32LE(40),
    ignored: file.readUInt32LE(44),
    dead: file.readUInt32LE(48),
  };
}

/** A part of the file, in bytes: what is in use, and all of it. */
export interface SectionSize {
  readonly used: number;
  readonly room: number;
}

/** The sections, in the order of the file. */
export function sectionSizes(header: IndexHeader): SectionSize[] {
  const { rows, rowRoom, nameBytes, nameRoom, xattrRows, unsettledRows } = header;
  const section = (used: number, room: number, width = 1): SectionSize => ({
    used: used * width,
    room: Math.ceil((room * width) / 8) * 8,
  });
  return [
    ...COLUMNS.map(([, { BYTES_PER_ELEMENT: width }]) => section(rows, rowRoom, width)),
    section(rows, rowRoom, ID_BYTES),
    section(nameBytes, nameRoom),
    section(xattrRows, xattrRows, XATTR_BYTES),
    section(unsettledRows, unsettledRows, 4),
  ];
}

/** xxh3-64 of each part, seeded with that of the part before. */
export function checksum(parts: readonly Uint8Array[]): bigint {
  let sum = 0n;
  for (const part of parts)
    if (part.length > 0) sum = BigInt.asUintN(64, BigInt(Bun.hash.xxHash3(part, sum)));
  return sum;
}

/** What an index is good for beyond its rows. */
export interface Tokens {
  readonly token: WatchToken | undefined;
  readonly frozen: FrozenToken | undefined;
}

/** The tokens, tied to the file with that checksum: in another one they mean nothing. */
export function encodeTokens({ token, frozen }: Tokens, sum: bigint): Buffer {
  const bytes = Buffer.alloc(2 * TOKEN_BYTES);
  if (token !== undefined)
    writeToken(bytes.subarray(0, TOKEN_BYTES), [token.epoch, token.seq, token.walkedAt], sum);
  if (frozen !== undefined)
    writeToken(bytes.subarray(TOKEN_BYTES), [frozen.subvolume, frozen.generation, 0], sum);
  return bytes;
}

/** Those that are there and belong to this file. */
export function decodeTokens(file: Buffer, sum: bigint): Tokens {
  const first = readToken(file.subarray(HEADER_BYTES, HEADER_BYTES + TOKEN_BYTES), sum);
  const second = readToken(file.subarray(HEADER_BYTES + TOKEN_BYTES, SECTIONS_START), sum);
  return {
    token: first && { epoch: first[0], seq: first[1], walkedAt: first[2] },
    frozen: second && { subvolume: second[0], generation: second[1] },
  };
}

type TokenFields = readonly [bigint, number, number];

function writeToken(bytes: Buffer, [whose, at, when]: TokenFields, sum: bigint): void {
  bytes.writeBigUInt64LE(whose, 0);
  bytes.writeDoubleLE(at, 8);
  bytes.writeDoubleLE(when, 16);
  bytes.writeBigUInt64LE(tokenSum(bytes, sum), 24);
}

function readToken(bytes: Buffer, sum: bigint): TokenFields | undefined {
  const whose = bytes.readBigUInt64LE(0);
  if (whose === 0n || bytes.readBigUInt64LE(24) !== tokenSum(bytes, sum)) return undefined;
  return [whose, bytes.readDoubleLE(8), bytes.readDoubleLE(16)];
}

function tokenSum(bytes: Buffer, sum: bigint): bigint {
  return BigInt.asUintN(64, BigInt(Bun.hash.xxHash3(bytes.subarray(0, 24), sum)));
}
