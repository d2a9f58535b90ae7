import { ptr } from "bun:ffi";
import type { RawPath } from "../model/raw-path.ts";
import { libc, throwErrno } from "./libc.ts";

/** d_type values (dirent.h). */
export const DT_UNKNOWN = 0;
export const DT_FIFO = 1;
export const DT_DIR = 4;
export const DT_REG = 8;
export const DT_LNK = 10;

/**
 * Lists an open folder into one reused block of memory: `struct linux_dirent64` is u64 inode,
 * i64 offset, u16 record length, u8 type, then the zero-ended name (getdents(2)).
 */
export class FolderLister {
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256 * 1024);
  readonly address: number = ptr(this.bytes);

  /** Fills `bytes` with the next records; returns how many bytes there are, 0 at the end. */
  next(fd: number, path: RawPath): number {
    const got = Number(libc.getdents64(fd, this.address, this.bytes.length));
    return got >= 0 ? got : throwErrno("list the folder", path);
  }
}

/** The names in an open folder, in the kernel's order, without `.` and `..`. For cold paths. */
export function listNames(fd: number, path: RawPath): RawPath[] {
  const lister = new FolderLister();
  const names: RawPath[] = [];
  for (let end = lister.next(fd, path); end > 0; end = lister.next(fd, path)) {
    for (let at = 0; at < end; at += lengthAt(lister.bytes, at)) {
      const name = nameAt(lister.bytes, at);
      if (name !== "." && name !== "..") names.push(name);
    }
  }
  return names;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + 16] as number) | ((bytes[at + 17] as number) << 8);
}

function nameAt(bytes: Uint8Array, at: number): RawPath {
  let name = "";
  for (let index = at + 19; bytes[index] !== 0; index++)
    name += String.fromCharCode(bytes[index] as number);
  return name as RawPath;
}
