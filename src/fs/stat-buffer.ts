import { ptr } from "bun:ffi";

/** File type bits of st_mode (sys/stat.h). */
export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;
export const S_IFSOCK = 0o140000;

/**
 * STATX_BASIC_STATS | STATX_MNT_ID (linux/stat.h), without STATX_ATIME: nobody wants it, and on FUSE
 * the kernel has to ask for it anew whenever a file was read.
 */
export const STATX_MASK = 0x17df;

/** Where the fields stand in a `struct statx`, in words of 32 bits. */
export const STATX = {
  nlink: 4,
  uid: 5,
  gid: 6,
  inoLow: 8,
  inoHigh: 9,
  sizeLow: 10,
  sizeHigh: 11,
  blocksLow: 12,
  blocksHigh: 13,
  ctimeLow: 24,
  ctimeHigh: 25,
  ctimeNanos: 26,
  mtimeLow: 28,
  mtimeHigh: 29,
  mtimeNanos: 30,
  rdevMajor: 32,
  rdevMinor: 33,
  devMajor: 34,
  devMinor: 35,
  mountId: 36,
} as const;

/**
 * The kernel's `struct statx` (linux/stat.h, the same on every architecture), read in place:
 * one buffer serves ten thousand calls.
 */
export class StatBuffer {
  readonly words: Uint32Array<ArrayBuffer> = new Uint32Array(64);
  private readonly halves: Uint16Array<ArrayBuffer> = new Uint16Array(this.words.buffer);
  readonly address: number = ptr(this.words);

  get nlink(): number {
    return this.words[STATX.nlink] as number;
  }
  get uid(): number {
    return this.words[STATX.uid] as number;
  }
  get gid(): number {
    return this.words[STATX.gid] as number;
  }
  /** Type and permission bits. */
  get mode(): number {
    return this.halves[14] as number;
  }
  get inoLow(): number {
    return this.words[STATX.inoLow] as number;
  }
  get inoHigh(): number {
    return this.words[STATX.inoHigh] as number;
  }
  /** All 64 bits: a Number loses the lowest of them on some network file systems. */
  get inode(): bigint {
    return (BigInt(this.inoHigh) << 32n) | BigInt(this.inoLow);
  }
  get size(): number {
    return (
      (this.words[STATX.sizeLow] as number) + (this.words[STATX.sizeHigh] as number) * 4294967296
    );
  }
  /** In units of 512 bytes. */
  get blocks(): number {
    return (
      (this.words[STATX.blocksLow] as number) +
      (this.words[STATX.blocksHigh] as number) * 4294967296
    );
  }
  /** Seconds since 1970, may be negative. */
  get ctimeSeconds(): number {
    return (
      (this.words[STATX.ctimeLow] as number) +
      ((this.words[STATX.ctimeHigh] as number) | 0) * 4294967296
    );
  }
  get ctimeNanos(): number {
    return this.words[STATX.ctimeNanos] as number;
  }
  get mtimeSeconds(): number {
    return (
      (this.words[STATX.mtimeLow] as number) +
      ((this.words[STATX.mtimeHigh] as number) | 0) * 4294967296
    );
  }
  get mtimeNanos(): number {
    return this.words[STATX.mtimeNanos] as number;
  }
  get devMajor(): number {
    return this.words[STATX.devMajor] as number;
  }
  get devMinor(): number {
    return this.words[STATX.devMinor] as number;
  }
  /** As `/proc/self/mountinfo` writes it, such as `0:39`. */
  get device(): string {
    return `${this.devMajor}:${this.devMinor}`;
  }
  /** What a device file stands for, in the same way. */
  get ownDevice(): string {
    return `${this.words[STATX.rdevMajor]}:${this.words[STATX.rdevMinor]}`;
  }
  /** 0 where the kernel does not tell. */
  get mountId(): number {
    return this.words[STATX.mountId] as number;
  }
}
