import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { COLUMNS } from "./columns.ts";
import { ID_BYTES, ScanTable } from "./scan-table.ts";

/**
 * The stat index: a {@link ScanTable} on disk, loaded without parsing. A cache: when it is missing,
 * damaged or from another version, everything is read and hashed anew.
 *
 * Header of 64 bytes: magic (8), rows u32, bytes of names u32, rows with attributes u32, zeros.
 * Then the columns in the order of COLUMNS, the ids, the names, the attributes (row u32, id), each
 * padded to 8 bytes; at the end xxh3-64 of all before.
 */
const MAGIC = Buffer.from("JVIDXS3\n").readBigUInt64LE();
const HEADER_BYTES = 64;

/** The index at `path`, or undefined when there is none that can be used. */
export function readIndex(path: string): ScanTable | undefined {
  try {
    return decodeIndex(aligned(readFileSync(path)));
  } catch (error) {
    if (systemCodeOf(error) !== "") return undefined;
    throw error;
  }
}

/** Replaces the index. Needs no sync: a torn one is recognised and only costs time. */
export function writeIndex(path: string, table: ScanTable): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, encodeIndex(table), { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function encodeIndex(table: ScanTable): Buffer {
  const parts = sections(table);
  const total = parts.reduce((sum, part) => sum + padded(part.byteLength), HEADER_BYTES);
  const file = Buffer.alloc(total + 8);
  file.writeBigUInt64LE(MAGIC, 0);
  file.writeUInt32LE(table.count, 8);
  file.writeUInt32LE(table.namesUsed, 12);
  file.writeUInt32LE(table.xattrs.size, 16);
  let at = HEADER_BYTES;
  for (const part of parts) {
    file.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += padded(part.byteLength);
  }
  file.writeBigUInt64LE(checksum(file.subarray(0, total)), total);
  return file;
}

function sections(table: ScanTable): (ArrayBufferView & { buffer: ArrayBuffer })[] {
  const columns = COLUMNS.map(([name]) => table[name].subarray(0, table.count));
  const ids = table.ids.subarray(0, table.count * ID_BYTES);
  return [...columns, ids, table.names.subarray(0, table.namesUsed), encodeXattrs(table)];
}

function encodeXattrs(table: ScanTable): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(table.xattrs.size * (4 + ID_BYTES));
  let at = 0;
  for (const [row, id] of table.xattrs) {
    bytes.writeUInt32LE(row, at);
    bytes.write(id, at + 4, "hex");
    at += 4 + ID_BYTES;
  }
  return bytes;
}

function decodeIndex(file: Buffer<ArrayBuffer>): ScanTable | undefined {
  const total = file.length - 8;
  if (total < HEADER_BYTES || file.readBigUInt64LE(0) !== MAGIC) return undefined;
  if (file.readBigUInt64LE(total) !== checksum(file.subarray(0, total))) return undefined;
  const table = new ScanTable();
  table.count = file.readUInt32LE(8);
  table.capacity = table.count;
  table.namesUsed = file.readUInt32LE(12);
  let at = HEADER_BYTES;
  for (const [name, Type] of COLUMNS) {
    const column = new Type(file.buffer, file.byteOffset + at, table.count);
    (table as unknown as Record<string, unknown>)[name] = column;
    at += padded(column.byteLength);
  }
  table.useIds(file.subarray(at, at + table.count * ID_BYTES));
  at += padded(table.ids.length);
  table.names = file.subarray(at, at + table.namesUsed);
  at += padded(table.names.length);
  decodeXattrs(table, { file, at, count: file.readUInt32LE(16) });
  return table;
}

/** Number columns can only lie over memory that begins at a multiple of 8. */
function aligned(file: Buffer): Buffer<ArrayBuffer> {
  if (file.byteOffset % 8 === 0) return file as Buffer<ArrayBuffer>;
  return Buffer.from(Uint8Array.from(file).buffer);
}

function decodeXattrs(table: ScanTable, from: { file: Buffer; at: number; count: number }): void {
  for (let index = 0; index < from.count; index++) {
    const at = from.at + index * (4 + ID_BYTES);
    const id = from.file.hexSlice(at + 4, at + 4 + ID_BYTES) as ObjectId;
    table.xattrs.set(from.file.readUInt32LE(at), id);
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function checksum(bytes: Uint8Array): bigint {
  return BigInt.asUintN(64, BigInt(Bun.hash.xxHash3(bytes)));
}
