import { ptr } from "bun:ffi";
import type { RawPath } from "../model/raw-path.ts";
import { libc, throwErrno } from "./libc.ts";

/** Where the name stands in a `struct linux_dirent64`: u64 inode, i64 offset, u16 length, u8 type, name. */
export const NAME_OFFSET = 19;
/** Room for one more record, whose name has at most 255 bytes, and to spare. */
const ENOUGH = 32 * 1024;

/** Lists open folders into one reused block of memory (getdents(2)). */
export class FolderLister {
  bytes: Uint8Array<ArrayBuffer>;
  private address: number;

  constructor(size: number = 256 * 1024) {
    this.bytes = new Uint8Array(size);
    this.address = ptr(this.bytes);
  }

  /** Fills `bytes` with all records of the folder; returns how many bytes they take. */
  readAll(fd: number, path: RawPath): number {
    const SEEK_SET = 0;
    libc.lseek(fd, 0, SEEK_SET);
    let end = 0;
    for (;;) {
      if (this.bytes.length - end < ENOUGH) this.grow();
      const got = libc.getdents64(fd, this.address + end, this.bytes.length - end);
      if (got === 0) return end;
      if (got < 0) throwErrno("list the folder", path);
      end += Number(got);
    }
  }

  private grow(): void {
    const wider = new Uint8Array(this.bytes.length * 2);
    wider.set(this.bytes);
    this.bytes = wider;
    this.address = ptr(wider);
  }
}

/** The length of the record at `at`. */
export function recordLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + 16] as number) | ((bytes[at + 17] as number) << 8);
}

/** The names in `bytes` up to `end`, as bytes in place, without `.` and `..`. */
export function* listedNames(bytes: Uint8Array, end: number): Generator<Uint8Array> {
  for (let at = 0; at < end; at += recordLength(bytes, at)) {
    const start = at + NAME_OFFSET;
    const name = bytes.subarray(start, bytes.indexOf(0, start));
    const isDots = name[0] === 46 && (name.length === 1 || (name.length === 2 && name[1] === 46));
    if (!isDots) yield name;
  }
}
