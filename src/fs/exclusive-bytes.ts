import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

/** FS_IOC_FIEMAP, struct fiemap and its flags (linux/fiemap.h). */
const FS_IOC_FIEMAP = 0xc020660b;
const HEADER_BYTES = 32;
const EXTENT_BYTES = 56;
const EXTENTS_AT_ONCE = 128;
const FLAG_SYNC = 1;
const EXTENT_LAST = 0x1;
const EXTENT_SHARED = 0x2000;

/**
 * Bytes on disk that belong to the open file alone, as the file system says; undefined where it does
 * not tell. Blocks that several files share are nobody's own.
 */
export function exclusiveBytes(fd: number): number | undefined {
  let own = 0;
  for (let start = 0n; ; ) {
    const extents = listExtents(fd, start);
    if (extents === undefined) return undefined;
    own += extents.reduce((sum, one) => sum + (isShared(one) ? 0 : one.length), 0);
    const last = extents.at(-1);
    if (last === undefined || (last.flags & EXTENT_LAST) !== 0) return own;
    start = last.end;
  }
}

function isShared({ flags }: Extent): boolean {
  return (flags & EXTENT_SHARED) !== 0;
}

interface Extent {
  /** Where the next one may begin, in the file. */
  readonly end: bigint;
  /** Bytes. */
  readonly length: number;
  readonly flags: number;
}

function listExtents(fd: number, start: bigint): Extent[] | undefined {
  const memory = new ArrayBuffer(HEADER_BYTES + EXTENTS_AT_ONCE * EXTENT_BYTES);
  const view = new DataView(memory);
  view.setBigUint64(0, start, true);
  view.setBigUint64(8, 0xffffffffffffffffn - start, true);
  view.setUint32(16, FLAG_SYNC, true);
  view.setUint32(24, EXTENTS_AT_ONCE, true);
  if (libc.ioctl(fd, FS_IOC_FIEMAP, ptr(new Uint8Array(memory))) !== 0) return undefined;
  return Array.from({ length: view.getUint32(20, true) }, (_, number) => {
    const at = HEADER_BYTES + number * EXTENT_BYTES;
    const length = view.getBigUint64(at + 16, true);
    const end = view.getBigUint64(at, true) + length;
    return { end, length: Number(length), flags: view.getUint32(at + 40, true) };
  });
}
