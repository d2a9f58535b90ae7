import { ptr } from "bun:ffi";

/** File type bits of st_mode (sys/stat.h). */
export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFIFO = 0o010000;
export const S_IFSOCK = 0o140000;

/** STATX_BASIC_STATS | STATX_MNT_ID (linux/stat.h). */
export const STATX_MASK = 0x17ff;

/**
 * The kernel's `struct statx` (linux/stat.h, the same on every architecture), read in place:
 * one buffer serves ten thousand calls.
 */
export class StatBuffer {
  private readonly words: Uint32Array<ArrayBuffer> = new Uint32Array(64);
  private readonly halves: Uint16Array<ArrayBuffer> = new Uint16Array(this.words.buffer);
  readonly address: number = ptr(this.words);

  get nlink(): number {
    return this.words[4] as number;
  }
  get uid(): number {
    return this.words[5] as number;
  }
  get gid(): number {
    return this.words[6] as number;
  }
  /** Type and permission bits. */
  get mode(): number {
    return this.halves[14] as number;
  }
  get inoLow(): number {
    return this.words[8] as number;
  }
  get inoHigh(): number {
    return this.words[9] as number;
  }
  get size(): number {
    return (this.words[10] as number) + (this.words[11] as number) * 4294967296;
  }
  /** In units of 512 bytes. */
  get blocks(): number {
    return (this.words[12] as number) + (this.words[13] as number) * 4294967296;
  }
  /** Seconds since 1970, may be negative. */
  get ctimeSeconds(): number {
    return (this.words[24] as number) + ((this.words[25] as number) | 0) * 4294967296;
  }
  get ctimeNanos(): number {
    return this.words[26] as number;
  }
  get mtimeSeconds(): number {
    return (this.words[28] as number) + ((this.words[29] as number) | 0) * 4294967296;
  }
  get mtimeNanos(): number {
    return this.words[30] as number;
  }
  get devMajor(): number {
    return this.words[34] as number;
  }
  get devMinor(): number {
    return this.words[35] as number;
  }
  /** 0 where the kernel does not tell. */
  get mountId(): number {
    return this.words[36] as number;
  }
}
