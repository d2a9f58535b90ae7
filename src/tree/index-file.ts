import { closeFd } from "../fs/at.ts";
import { writeFully } from "../fs/file-io.ts";
import {
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "../fs/files.ts";
import { tryLockFile } from "../fs/flock.ts";
import { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } from "../fs/open-flags.ts";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { fromText } from "../model/raw-path.ts";
import { COLUMNS } from "./columns.ts";
import {
  checksum,
  decodeHeader,
  decodeTokens,
  encodeHeader,
  encodeTokens,
  HEADER_BYTES,
  type IndexHeader,
  SECTIONS_START,
  type SectionSize,
  sectionSizes,
  XATTR_BYTES,
} from "./index-header.ts";
import { keepMapped } from "./mapped-indexes.ts";
import { ID_BYTES, ScanTable } from "./scan-table.ts";
import { unsettledRows } from "./unsettled-rows.ts";

/**
 * The stat index: a {@link ScanTable} on disk, loaded without parsing. A cache: when it is missing,
 * damaged or from another version, everything is read and hashed anew. docs/format.md, "Stat index",
 * has the layout.
 */

/** The index at `path`, or undefined when there is none that can be used. */
export function readIndex(path: string): ScanTable | undefined {
  return orNone(() => {
    const file = readShared(path);
    const table = decodeIndex(Buffer.from(file), true);
    if (table !== undefined) table.file = file;
    return table;
  });
}

/**
 * The same as the caller's own, to change at will: the file is mapped, and only what is changed is
 * copied, by the page. Nobody writes into the file meanwhile, since it is locked, shared, for as
 * long as the table lives.
 */
export function mapIndex(path: string): ScanTable | undefined {
  return orNone(() => {
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const table = tryLockFile(fd, path, "shared") ? decodeMapped(fd) : undefined;
    if (table === undefined) closeFd(fd);
    else keepMapped(table, fd);
    return table;
  });
}

/**
 * The index that a table was made of in place (see {@link mapIndex}), as it stands in its file. To
 * be read only, and for as long as that table is not released.
 */
export function indexBehind({ mappedFd }: ScanTable): ScanTable | undefined {
  if (mappedFd === undefined) return undefined;
  return orNone(() => decodeIndex(mapFile(mappedFd), false));
}

function decodeMapped(fd: number): ScanTable | undefined {
  const table = decodeIndex(mapFile(fd), true);
  if (table !== undefined) table.mappedFd = fd;
  return table;
}

function mapFile(fd: number): Buffer {
  // By its descriptor: under its name there may be another file by now.
  const { buffer, byteOffset, length } = Bun.mmap(`/proc/self/fd/${fd}`, { shared: false });
  return Buffer.from(buffer, byteOffset, length);
}

/** The table of an index file that another thread has read and checked. */
export function openSharedIndex(file: SharedArrayBuffer): ScanTable | undefined {
  return decodeIndex(Buffer.from(file), false);
}

function orNone(load: () => ScanTable | undefined): ScanTable | undefined {
  try {
    return load();
  } catch (error) {
    if (systemCodeOf(error) !== "") return undefined;
    throw error;
  }
}

/** In shared memory, where a second thread can look at it without a copy. */
function readShared(path: string): SharedArrayBuffer {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const file = new SharedArrayBuffer(fstatSync(fd).size);
    const bytes = new Uint8Array(file);
    for (let at = 0; at < bytes.length; ) {
      const got = readSync(fd, bytes, { offset: at, position: at });
      if (got === 0) break;
      at += got;
    }
    return file;
  } finally {
    closeFd(fd);
  }
}

/**
 * Writes the index over the former one, in place: no blocks are freed and none allocated, which on
 * some disks costs more than all the rest. It needs no sync, and whoever reads it meanwhile, or
 * after a crash, sees by its checksum that it is torn, and does without. While anybody has it mapped,
 * or is writing it, it goes into a new file that takes its place.
 */
export function writeIndex(path: string, table: ScanTable): void {
  if (table.mappedFd === undefined && overwrite(path, table)) return;
  const beside = `${path}.new`;
  if (overwrite(beside, table)) renameSync(beside, path);
}

/** False when somebody else has the file locked. */
function overwrite(path: string, table: ScanTable): boolean {
  const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!tryLockFile(fd)) return false;
    const parts = encodeIndex(table);
    for (const part of parts) writeFully(fd, part, fromText(path));
    ftruncateSync(
      fd,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    return true;
  } finally {
    closeFd(fd);
  }
}

/**
 * Moves the tokens of a mapped index on: nothing that its rows tell was found to be otherwise.
 * Whoever reads half of it sees that by its checksum.
 */
export function moveIndexTokens(path: string, table: ScanTable): void {
  const fd = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  try {
    const end = Buffer.alloc(8);
    readSync(fd, end, { position: fstatSync(fd).size - 8 });
    // Of another file that took its place meanwhile we know nothing.
    if (end.readBigUInt64LE() !== table.checksum) return;
    const bytes = encodeTokens(table, table.checksum);
    writeSync(fd, bytes, HEADER_BYTES);
  } finally {
    closeFd(fd);
  }
}

/** Room for what is added while the file is mapped: a table that must grow is copied as a whole. */
function roomFor(used: number): number {
  return used + (used >> 4) + 256;
}

/** The parts of the file. They are written from where they are: a copy would cost more than all else. */
function encodeIndex(table: ScanTable): Uint8Array[] {
  const unsettled = unsettledRows(table);
  const header: IndexHeader = {
    rows: table.count,
    rowRoom: roomFor(table.count),
    nameBytes: table.namesUsed,
    nameRoom: roomFor(table.namesUsed),
    xattrRows: table.xattrs.size,
    unsettledRows: unsettled.rows.length,
    unstoredRows: unsettled.unstored,
    generation: table.generation,
    ...table.totals,
  };
  const sizes = sectionSizes(header);
  const covered: Uint8Array[] = [encodeHeader(header)];
  for (const [index, section] of sections(table, unsettled.rows).entries()) {
    const bytes = new Uint8Array(section.buffer, section.byteOffset, section.byteLength);
    covered.push(bytes, zeros((sizes[index] as SectionSize).room - bytes.length));
  }
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64LE(checksum(covered));
  const [head, ...rest] = covered as [Uint8Array, ...Uint8Array[]];
  return [head, encodeTokens(table, sum.readBigUInt64LE()), ...rest, sum];
}

let nothing = new Uint8Array(4096);

function zeros(length: number): Uint8Array {
  if (nothing.length < length) nothing = new Uint8Array(length);
  return nothing.subarray(0, length);
}

function sections(table: ScanTable, unsettled: Uint32Array): ArrayBufferView[] {
  const columns = COLUMNS.map(([name]) => table[name].subarray(0, table.count));
  const ids = table.ids.subarray(0, table.count * ID_BYTES);
  const names = table.names.subarray(0, table.namesUsed);
  return [...columns, ids, names, encodeXattrs(table), unsettled];
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
  const header = decodeHeader(file);
  const parts = header && slice(file, header, isChecked);
  if (header === undefined || parts === undefined) return undefined;
  const table = new ScanTable();
  table.count = header.rows;
  table.capacity = header.rowRoom;
  table.namesUsed = header.nameBytes;
  table.generation = header.generation;
  const { entries, ignored, dead } = header;
  Object.assign(table.totals, { entries, ignored, dead });
  COLUMNS.forEach(([name, Type], index) => {
    const { buffer, byteOffset } = parts[index] as Buffer;
    table.setColumn(name, new Type(buffer, byteOffset, header.rowRoom));
  });
  const [ids, names, xattrs, unsettled] = parts.slice(COLUMNS.length) as Buffer[];
  table.useIds(ids as Buffer);
  table.useNames(names as Buffer);
  decodeXattrs(table, (xattrs as Buffer).subarray(0, header.xattrRows * XATTR_BYTES));
  const { buffer, byteOffset } = unsettled as Buffer;
  table.unsettled = new Uint32Array(buffer, byteOffset, header.unsettledRows);
  table.unstored = header.unstoredRows;
  table.checksum = file.readBigUInt64LE(file.length - 8);
  Object.assign(table, decodeTokens(file, table.checksum));
  return table;
}

/** Cuts the file into its sections; undefined when it is torn or damaged. */
function slice(file: Buffer, header: IndexHeader, isChecked: boolean): Buffer[] | undefined {
  const all: Uint8Array[] = [file.subarray(0, HEADER_BYTES)];
  const found: Buffer[] = [];
  let at = SECTIONS_START;
  for (const { used, room } of sectionSizes(header)) {
    found.push(file.subarray(at, at + room));
    all.push(file.subarray(at, at + used), file.subarray(at + used, at + room));
    at += room;
  }
  if (at + 8 !== file.length) return undefined;
  if (isChecked && file.readBigUInt64LE(at) !== checksum(all)) return undefined;
  return found;
}

function decodeXattrs(table: ScanTable, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += XATTR_BYTES) {
    const id = bytes.hexSlice(at + 4, at + XATTR_BYTES) as ObjectId;
    table.xattrs.set(bytes.readUInt32LE(at), id);
  }
}
