import { fstatSync, readSync } from "../fs/files.ts";

/** One line of an open file. */
export interface LogLine {
  /** Without the newline. */
  readonly bytes: Buffer;
  /** Where in the file it begins. */
  readonly start: number;
  /** Whether it ends with a newline. Only the last line of a file may not. */
  readonly complete: boolean;
}

const NEWLINE = 10;
/** A block holds a handful of records; readers that go on get larger ones. */
const FIRST_BLOCK = 8 * 1024;
const LARGEST_BLOCK = 1024 * 1024;

/**
 * The lines of the open file, last line first. Reads no more than the lines that are asked for, and
 * each byte once, however long the lines are.
 */
export function* linesBackwards(fd: number): Generator<LogLine> {
  let complete = false;
  /** Parts of the line whose beginning is not read yet, in reverse order. */
  let parts: Buffer[] = [];
  let size = FIRST_BLOCK;
  for (let end = fstatSync(fd).size; end > 0; size = Math.min(size * 2, LARGEST_BLOCK)) {
    const from = Math.max(0, end - size);
    const block = readBlock(fd, from, end);
    let stop = block.length;
    for (let at = lastNewline(block, stop); at >= 0; at = lastNewline(block, stop)) {
      const bytes = joinReversed([...parts, block.subarray(at + 1, stop)]);
      // What follows the last newline is a line only if there is something.
      if (complete || bytes.length > 0) yield { bytes, start: from + at + 1, complete };
      complete = true;
      parts = [];
      stop = at;
    }
    parts.push(block.subarray(0, stop));
    end = from;
  }
  const bytes = joinReversed(parts);
  if (complete || bytes.length > 0) yield { bytes, start: 0, complete };
}

function lastNewline(block: Buffer, before: number): number {
  return before === 0 ? -1 : block.lastIndexOf(NEWLINE, before - 1);
}

function joinReversed(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first ? first : Buffer.concat([...parts].reverse());
}

/** Shorter than asked for only if the file was cut in the meantime. */
function readBlock(fd: number, from: number, end: number): Buffer {
  const block = Buffer.allocUnsafe(end - from);
  let done = 0;
  while (done < block.length) {
    const count = readSync(fd, block, { offset: done, position: from + done });
    if (count === 0) break;
    done += count;
  }
  return block.subarray(0, done);
}
