import type { ObjectId } from "../model/entry.ts";
import { type RawPath, toBytes } from "../model/raw-path.ts";
import { hashBytes } from "./content-sink.ts";
import { escapeName } from "./escape-name.ts";

/** A folder with more entries than this is kept in pages. */
const MOST_IN_ONE = 4096;
/** A page ends here at the latest. */
const MOST_IN_PAGE = 16384;

/** A line of a folder's object, with what pages need to know of it. */
export interface FolderLine {
  readonly name: RawPath;
  readonly size: number;
  /** See formatEntry. */
  readonly text: string;
}

/**
 * Writes a folder's object, or its pages and then the list of them; `lines` are sorted by name.
 * Where pages begin depends on names alone, so one change in a large folder rewrites one page.
 *
 * A page's line is `g 0 <bytes below> - <page id> <name of its first entry>`.
 */
export function writeFolder(
  lines: readonly FolderLine[],
  put: (bytes: Uint8Array) => ObjectId,
): ObjectId {
  if (lines.length <= MOST_IN_ONE) return put(joinLines(lines));
  const pages: string[] = [];
  for (let start = 0; start < lines.length; ) {
    const end = endOfPage(lines, start);
    const page = lines.slice(start, end);
    const size = page.reduce((sum, line) => sum + line.size, 0);
    pages.push(
      `g 0 ${size} - ${put(joinLines(page))} ${escapeName((page[0] as FolderLine).name)}\n`,
    );
    start = end;
  }
  return put(Buffer.from(pages.join(""), "latin1"));
}

function joinLines(lines: readonly FolderLine[]): Uint8Array {
  let text = "";
  for (const line of lines) text += `${line.text}\n`;
  return Buffer.from(text, "latin1");
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

/** The lines of a folder's object, sorted by name; pages are read through `read`. */
export function readFolderLines(id: ObjectId, read: (id: ObjectId) => Uint8Array): string[] {
  const lines = splitLines(read(id));
  if (!lines[0]?.startsWith("g ")) return lines;
  return lines.flatMap((line) => splitLines(read(line.split(" ")[4] as ObjectId)));
}

function splitLines(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice();
  const lines = text.split("\n");
  lines.pop();
  return lines;
}
