import { dlopen, ptr } from "bun:ffi";
import { closeSync, openSync } from "node:fs";

/** `_IOWR('f', 11, struct fiemap)`: Documentation/filesystems/fiemap.rst, linux/fiemap.h. */
const FS_IOC_FIEMAP = 0xc020660b;
const FLAG_SYNC = 1;
const EXTENT_SHARED = 0x2000;
const HEAD_BYTES = 32;
const EXTENT_BYTES = 56;
const MOST_EXTENTS = 512;

const { symbols } = dlopen("libc.so.6", {
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
});

/** Bytes of a file that lie on the disk, and those of them that other files have, too. */
export interface Extents {
  readonly mapped: number;
  readonly shared: number;
}

/** What the file system says about a file's blocks. Throws where it does not say it. */
export function readExtents(path: string): Extents {
  const bytes = new Uint8Array(HEAD_BYTES + MOST_EXTENTS * EXTENT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, 2n ** 63n, true); // All of the file.
  view.setUint32(16, FLAG_SYNC, true);
  view.setUint32(24, MOST_EXTENTS, true);
  const fd = openSync(path, "r");
  const result = symbols.ioctl(fd, FS_IOC_FIEMAP, ptr(bytes));
  closeSync(fd);
  if (result !== 0) throw new Error(`Cannot read the extents of "${path}"`);
  const count = view.getUint32(20, true);
  if (count === MOST_EXTENTS) throw new Error(`Cannot read all extents of "${path}"`);
  let mapped = 0;
  let shared = 0;
  for (let at = HEAD_BYTES; at < HEAD_BYTES + count * EXTENT_BYTES; at += EXTENT_BYTES) {
    const length = Number(view.getBigUint64(at + 16, true));
    mapped += length;
    if ((view.getUint32(at + 40, true) & EXTENT_SHARED) !== 0) shared += length;
  }
  return { mapped, shared };
}

/** Whether every block of the file is one that other files have, too; it must have some. */
export function isAllShared(path: string): boolean {
  const { mapped, shared } = readExtents(path);
  return mapped > 0 && shared === mapped;
}
