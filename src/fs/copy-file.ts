import type { RawPath } from "../model/raw-path.ts";
import { IoBuffer, readFully, setLength, writeFully } from "./file-io.ts";
import { lastErrno, libc, throwErrno } from "./libc.ts";

const SEEK_SET = 0;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const PIECE_BYTES = 1 << 20;
/** What one call may be asked to copy, so that a signal is not kept waiting for long. */
const MOST_AT_ONCE = 64 << 20;

/** Two open files, of which the first one is empty. */
export interface FileCopy {
  readonly target: number;
  readonly source: number;
  /** For the error alone. */
  readonly name: RawPath;
}

/**
 * Copies the first `size` bytes; holes stay holes. The kernel copies by itself where it can, and
 * shares blocks where the file system can.
 *
 * @throws SystemError
 */
export function copyFile(copy: FileCopy, size: number): void {
  const { target, source, name } = copy;
  let end = 0;
  for (let start = seek(source, 0, SEEK_DATA); start >= 0 && start < size; ) {
    end = Math.min(size, seek(source, start, SEEK_HOLE));
    copyRange(copy, start, end);
    start = seek(source, end, SEEK_DATA);
  }
  if (end < size) setLength(target, size, name);
}

function copyRange(copy: FileCopy, start: number, end: number): void {
  const { target, source, name } = copy;
  libc.lseek(source, start, SEEK_SET);
  libc.lseek(target, start, SEEK_SET);
  for (let left = end - start; left > 0; ) {
    const count = Math.min(left, MOST_AT_ONCE);
    const done = Number(libc.copy_file_range(source, null, target, null, count, 0));
    if (done === 0) return; // It was cut short meanwhile: whoever compares the times will see.
    if (done > 0) left -= done;
    else if (isUnsupported(lastErrno())) {
      copyByHand(copy, left);
      return;
    } else if (lastErrno() !== "EINTR") throwErrno("copy", name);
  }
}

function isUnsupported(why: string): boolean {
  return /^(EXDEV|EINVAL|ENOSYS|ENOTSUP|EBADF|ETXTBSY)$/.test(why);
}

function copyByHand({ target, source, name }: FileCopy, bytes: number): void {
  const buffer = new IoBuffer(PIECE_BYTES);
  for (let left = bytes; left > 0; ) {
    const got = readFully(source, { buffer, limit: Math.min(left, PIECE_BYTES) }, name);
    if (got === 0) return;
    writeFully(target, buffer.bytes.subarray(0, got), name);
    left -= got;
  }
}

/** Where the next data or hole begins; negative where there is no more data. Where holes are unknown, all is data. */
function seek(fd: number, from: number, whence: number): number {
  const at = Number(libc.lseek(fd, from, whence));
  if (at >= 0) return at;
  if (lastErrno() === "ENXIO") return whence === SEEK_DATA ? -1 : from;
  return whence === SEEK_DATA ? from : Number.MAX_SAFE_INTEGER;
}
