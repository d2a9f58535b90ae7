import type { ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { escapeName } from "./escape-name.ts";
import { hashName } from "./name-hash.ts";

/** A folder with more entries than this is kept in pages. */
const MOST_IN_ONE = 64;
/** No page but the last one of a folder has fewer entries: more objects cost more than they spare. */
const LEAST_IN_PAGE = 32;

/** A line of a folder's object, with what pages need to know of it. */
export interface FolderLine {
  readonly name: RawPath;
  readonly size: number;
  /** See formatEntry. */
  readonly text: string;
}

/**
 * Writes a folder's object, or its pages and then the list of them; `lines` are sorted by name.
 * Where pages begin depends on names alone, so that one change rewrites one page and the list.
 */
export function writeFolder(
  lines: readonly FolderLine[],
  put: (bytes: Uint8Array) => ObjectId,
): ObjectId {
  return lines.length <= MOST_IN_ONE ? writeWhole(lines, put) : writePages(lines, endOfPage, put);
}

/** Where the page ends that begins at `start`, of a folder with more entries. */
type EndOfPage = (lines: readonly FolderLine[], start: number) => number;

/**
 * Writes pages, and then the list of them, whose id is returned.
 *
 * A page's line is `g 0 <bytes below> - <page id> <name of its first entry>`.
 */
export function writePages(
  lines: readonly FolderLine[],
  endOf: EndOfPage,
  put: (bytes: Uint8Array) => ObjectId,
): ObjectId {
  let list = "";
  for (let start = 0; start < lines.length; ) {
    const end = endOf(lines, start);
    const { text, size } = joinLines(lines, start, end);
    const first = escapeName((lines[start] as FolderLine).name);
    list += `g 0 ${size} - ${put(encode(text))} ${first}\n`;
    start = end;
  }
  return put(encode(list));
}

/** Writes one object with all lines. */
export function writeWhole(
  lines: readonly FolderLine[],
  put: (bytes: Uint8Array) => ObjectId,
): ObjectId {
  return put(encode(joinLines(lines, 0, lines.length).text));
}

function joinLines(
  lines: readonly FolderLine[],
  start: number,
  end: number,
): { text: string; size: number } {
  let text = "";
  let size = 0;
  for (let at = start; at < end; at++) {
    const line = lines[at] as FolderLine;
    text += `${line.text}\n`;
    size += line.size;
  }
  return { text, size };
}

function encode(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** See docs/format.md, "Pages". */
function endOfPage(lines: readonly FolderLine[], start: number): number {
  const least = leastInPage(lines.length);
  const last = Math.min(lines.length, start + 4 * least);
  let end = Math.min(last, start + least);
  while (end < last && hashName((lines[end] as FolderLine).name) % (least / 2) !== 0) end++;
  return end;
}

/** The power of two below the root of the number of entries: a page is then about as long as the list. */
function leastInPage(entries: number): number {
  const bits = 31 - Math.clz32(entries);
  return Math.max(LEAST_IN_PAGE, 1 << (bits >> 1));
}

/** The pages of a folder, by their ids; none where it is kept as a whole. */
export type Pages = ReadonlyMap<ObjectId, readonly string[]>;

/** What is in a folder, sorted by name. */
export interface FolderText {
  readonly lines: readonly string[];
  readonly pages: Pages;
}

export const NO_PAGES: Pages = new Map();

/**
 * A folder's object; pages are read through `read`, but for those that are `known`. They may begin
 * anywhere: older versions had other rules.
 */
export function readFolder(
  id: ObjectId,
  read: (id: ObjectId) => Uint8Array,
  known: () => Pages = () => NO_PAGES,
): FolderText {
  const lines = splitLines(read(id));
  if (!lines[0]?.startsWith("g ")) return { lines, pages: NO_PAGES };
  const others = known();
  const pages = new Map<ObjectId, readonly string[]>();
  const all = lines.flatMap((line) => {
    const page = line.split(" ")[4] as ObjectId;
    const itsLines = others.get(page) ?? splitLines(read(page));
    pages.set(page, itsLines);
    return itsLines;
  });
  return { lines: all, pages };
}

function splitLines(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice();
  const lines = text.split("\n");
  lines.pop();
  return lines;
}
