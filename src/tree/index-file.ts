import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { writeFully } from "../fs/file-io.ts";
import { tryLockFile } from "../fs/flock.ts";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { fromText } from "../model/raw-path.ts";
import { COLUMNS } from "./columns.ts";
import { ID_BYTES, ScanTable } from "./scan-table.ts";

/**
 * The stat index: a {@link ScanTable} on disk, loaded without parsing. A cache: when it is missing,
 * damaged or from another version, everything is read and hashed anew.
 *
 * Header of 64 bytes: magic (8), rows u32, bytes of names u32, rows with attributes u32, zeros (4),
 * generation u64, zeros.
 * Then the columns in the order of COLUMNS, the ids, the names, the attributes (row u32, id), each
 * padded to 8 bytes; at the end a checksum of all before.
 */
const MAGIC = Buffer.from("JVIDXS3\n").readBigUInt64LE();
const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;
const HEADER_BYTES = 64;
/** A row number and an id. */
const XATTR_BYTES = 4 + ID_BYTES;

/** The index at `path`, or undefined when there is none that can be used. */
export function readIndex(path: string): ScanTable | undefined {
  try {
    const file = readShared(path);
    const table = decodeIndex(Buffer.from(file), true);
    if (table !== undefined) table.file = file;
    return table;
  } catch (error) {
    if (systemCodeOf(error) !== "") return undefined;
    throw error;
  }
}

/** The table of an index file that another thread has read and checked. */
export function openSharedIndex(file: SharedArrayBuffer): ScanTable | undefined {
  return decodeIndex(Buffer.from(file), false);
}

/** In shared memory, where a second thread can look at it without a copy. */
function readShared(path: string): SharedArrayBuffer {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW);
  try {
    const file = new SharedArrayBuffer(fstatSync(fd).size);
    const bytes = new Uint8Array(file);
    for (let at = 0; at < bytes.length; ) {
      const got = readSync(fd, bytes, at, bytes.length - at, at);
      if (got === 0) break;
      at += got;
    }
    return file;
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes the index over the former one, in place: no blocks are freed and none allocated, which on
 * some disks costs more than all the rest. It needs no sync, and whoever reads it meanwhile, or
 * after a crash, sees by its checksum that it is torn, and does without. When another process is
 * writing it, this one does not.
 */
export function writeIndex(path: string, table: ScanTable): void {
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    if (!tryLockFile(fd)) return;
    const parts = encodeIndex(table);
    for (const part of parts) writeFully(fd, part, fromText(path));
    ftruncateSync(
      fd,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
  } finally {
    closeSync(fd);
  }
}

/** The parts of the file. They are written from where they are: a copy would cost more than all else. */
function encodeIndex(table: ScanTable): Uint8Array[] {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigUInt64LE(MAGIC, 0);
  header.writeUInt32LE(table.count, 8);
  header.writeUInt32LE(table.namesUsed, 12);
  header.writeUInt32LE(table.xattrs.size, 16);
  header.writeBigUInt64LE(BigInt(table.generation), 24);
  const parts: Uint8Array[] = [header];
  for (const { buffer, byteOffset, byteLength } of sections(table)) {
    parts.push(new Uint8Array(buffer, byteOffset, byteLength));
    parts.push(new Uint8Array(padded(byteLength) - byteLength));
  }
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64LE(checksum(parts));
  return [...parts, sum];
}

function sections(table: ScanTable): ArrayBufferView[] {
  const columns = COLUMNS.map(([name]) => table[name].subarray(0, table.count));
  const ids = table.ids.subarray(0, table.count * ID_BYTES);
  return [...columns, ids, table.names.subarray(0, table.namesUsed), encodeXattrs(table)];
}

function encodeXattrs(table: ScanTable): Buffer {
  const bytes = Buffer.alloc(table.xattrs.size * XATTR_BYTES);
  let at = 0;
  for (const [row, id] of table.xattrs) {
    bytes.writeUInt32LE(row, at);
    bytes.write(id, at + 4, "hex");
    at += XATTR_BYTES;
  }
  return bytes;
}

function decodeIndex(file: Buffer, isChecked: boolean): ScanTable | undefined {
  if (file.length < HEADER_BYTES + 8 || file.readBigUInt64LE(0) !== MAGIC) return undefined;
  const table = new ScanTable();
  table.count = file.readUInt32LE(8);
  table.capacity = table.count;
  table.namesUsed = file.readUInt32LE(12);
  table.generation = Number(file.readBigUInt64LE(24));
  const sizes = [...sizesOf(table), file.readUInt32LE(16) * XATTR_BYTES];
  const parts = slice(file, sizes, isChecked);
  if (parts === undefined) return undefined;
  COLUMNS.forEach(([name, Type], index) => {
    const { buffer, byteOffset } = parts[index] as Buffer;
    table.setColumn(name, new Type(buffer, byteOffset, table.count));
  });
  const [ids, names, xattrs] = parts.slice(COLUMNS.length);
  table.useIds(ids as Buffer);
  table.useNames(names as Buffer);
  decodeXattrs(table, xattrs as Buffer);
  return table;
}

/** The bytes of each section but the last, before they are padded. */
function sizesOf({ count, namesUsed }: ScanTable): number[] {
  const columns = COLUMNS.map(([, { BYTES_PER_ELEMENT }]) => BYTES_PER_ELEMENT * count);
  return [...columns, ID_BYTES * count, namesUsed];
}

/** Cuts the file into its sections; undefined when it is torn or damaged. */
function slice(file: Buffer, sizes: readonly number[], isChecked: boolean): Buffer[] | undefined {
  const all: Uint8Array[] = [file.subarray(0, HEADER_BYTES)];
  const sections: Buffer[] = [];
  let at = HEADER_BYTES;
  for (const size of sizes) {
    sections.push(file.subarray(at, at + size));
    all.push(file.subarray(at, at + size), file.subarray(at + size, at + padded(size)));
    at += padded(size);
  }
  if (at + 8 !== file.length) return undefined;
  if (isChecked && file.readBigUInt64LE(at) !== checksum(all)) return undefined;
  return sections;
}

function decodeXattrs(table: ScanTable, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += XATTR_BYTES) {
    const id = bytes.hexSlice(at + 4, at + XATTR_BYTES) as ObjectId;
    table.xattrs.set(bytes.readUInt32LE(at), id);
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** xxh3-64 of each part, seeded with that of the part before. */
function checksum(parts: readonly Uint8Array[]): bigint {
  let sum = 0n;
  for (const part of parts)
    if (part.length > 0) sum = BigInt.asUintN(64, BigInt(Bun.hash.xxHash3(part, sum)));
  return sum;
}
