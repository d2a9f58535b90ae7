import { NAME_OFFSET, recordLength } from "../fs/list-folder.ts";
import { CACHE_TAG } from "./cache-tag.ts";
import { IGNORE_FILE } from "./ignore-rules.ts";
import type { ScanTable } from "./scan-table.ts";

const DOT = 46;

/** What a folder's names tell. */
export interface ListedNames {
  hasIgnoreFile: boolean;
  hasCacheTag: boolean;
  /** The kernel lists the same names in the same order as the last time. */
  isAsBefore: boolean;
}

/** Adds a row for each name that the kernel listed, up to the byte `end`, with its inode. */
export function addNames(
  table: ScanTable,
  bytes: Uint8Array,
  { end, parent, names }: { end: number; parent: number; names: ListedNames },
): void {
  for (let at = 0; at < end; at += recordLength(bytes, at)) {
    const start = at + NAME_OFFSET;
    let length = 0;
    while (bytes[start + length] !== 0) length++;
    if (isDots(bytes, start, length)) continue;
    const row = table.addRow(parent, bytes, { start, length });
    table.inoLow[row] = wordAt(bytes, at);
    table.inoHigh[row] = wordAt(bytes, at + 4);
    if (length === IGNORE_FILE.length) names.hasIgnoreFile ||= table.nameOf(row) === IGNORE_FILE;
    if (length === CACHE_TAG.length) names.hasCacheTag ||= table.nameOf(row) === CACHE_TAG;
  }
}

/** A number of 32 bits; typed arrays keep it as one without a sign. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** `.` and `..` */
function isDots(bytes: Uint8Array, start: number, length: number): boolean {
  return bytes[start] === DOT && (length === 1 || (length === 2 && bytes[start + 1] === DOT));
}

/** 53 bits of the xxh3 of what the kernel listed; never 0, which stands for "unknown". */
export function fingerprintOf(listing: Uint8Array): number {
  return Number(BigInt.asUintN(53, BigInt(Bun.hash.xxHash3(listing)))) || 1;
}
