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
    if (isDots(bytes, start)) continue;
    const row = table.addRow(parent, bytes, { start, length });
    table.inoLow[row] = wordAt(bytes, at);
    table.inoHigh[row] = wordAt(bytes, at + 4);
    if (length === IGNORE_FILE.length) names.hasIgnoreFile ||= table.nameOf(row) === IGNORE_FILE;
    if (length === CACHE_TAG.length) names.hasCacheTag ||= table.nameOf(row) === CACHE_TAG;
  }
}

/**
 * Holds what the kernel listed, up to the byte `end`, against the rows of a folder.
 *
 * @returns the rows whose names are those of other files by now, going by their inodes; undefined
 *   where these are not the names that the folder has rows for, in their order
 */
export function otherFilesIn(
  table: ScanTable,
  bytes: Uint8Array,
  { end, folder }: { end: number; folder: number },
): number[] | undefined {
  const others: number[] = [];
  let row = table.firstChild[folder] as number;
  const behind = row + (table.childCount[folder] as number);
  for (let at = 0; at < end; at += recordLength(bytes, at)) {
    const start = at + NAME_OFFSET;
    if (isDots(bytes, start)) continue;
    if (row === behind || !isNamed(table, row, { bytes, start })) return undefined;
    // From unsigned to signed, as the words of the listing are.
    const isSame =
      ((table.inoLow[row] as number) | 0) === wordAt(bytes, at) &&
      ((table.inoHigh[row] as number) | 0) === wordAt(bytes, at + 4);
    if (!isSame) others.push(row);
    row++;
  }
  return row === behind ? others : undefined;
}

/** Both names end with a zero byte. */
function isNamed(
  { names, nameStart }: ScanTable,
  row: number,
  { bytes, start }: { bytes: Uint8Array; start: number },
): boolean {
  const first = nameStart[row] as number;
  let at = 0;
  while (bytes[start + at] !== 0 && bytes[start + at] === names[first + at]) at++;
  return bytes[start + at] === names[first + at];
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
function isDots(bytes: Uint8Array, start: number): boolean {
  if (bytes[start] !== DOT) return false;
  const next = bytes[start + 1];
  return next === 0 || (next === DOT && bytes[start + 2] === 0);
}

/** 53 bits of the xxh3 of what the kernel listed; never 0, which stands for "unknown". */
export function fingerprintOf(listing: Uint8Array): number {
  return Number(BigInt.asUintN(53, BigInt(Bun.hash.xxHash3(listing)))) || 1;
}
