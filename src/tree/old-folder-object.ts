import type { ObjectId } from "../model/entry.ts";
import { type RawPath, toBytes } from "../model/raw-path.ts";
import { hashBytes } from "./content-sink.ts";
import { type FolderLine, writePages, writeWhole } from "./folder-object.ts";

const MOST_IN_ONE = 4096;
const MOST_IN_PAGE = 16384;

/**
 * The object of a folder as the first versions wrote it, up to 4,096 entries as a whole: what a
 * repository has of them can be made again where it got lost.
 */
export function writeOldFolder(
  lines: readonly FolderLine[],
  put: (bytes: Uint8Array) => ObjectId,
): ObjectId {
  return lines.length <= MOST_IN_ONE ? writeWhole(lines, put) : writePages(lines, endOfPage, put);
}

function endOfPage(lines: readonly FolderLine[], start: number): number {
  const last = Math.min(lines.length, start + MOST_IN_PAGE);
  let end = start + 1;
  while (end < last && !beginsPage((lines[end] as FolderLine).name)) end++;
  return end;
}

/** Whether the SHA-256 of the name begins with 11 zero bits. */
function beginsPage(name: RawPath): boolean {
  return /^00[01]/.test(hashBytes(toBytes(name)));
}
