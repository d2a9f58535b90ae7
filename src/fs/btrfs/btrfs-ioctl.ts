import { ptr } from "bun:ffi";
import { lastErrno, libc } from "../libc.ts";

/**
 * Requests of btrfs, and two of the VFS (linux/btrfs.h, linux/fs.h). Their structs are packed as the
 * headers say and little-endian, as every machine is that jvs runs on.
 */
export const REQUEST = {
  /** Third argument: the open file to share blocks with, not an address. */
  ficlone: 0x40049409,
  getInodeFlags: 0x80086601,
  setInodeFlags: 0x40086602,
  snapshotCreate: 0x50009417,
  subvolumeCreate: 0x50009418,
  snapshotDestroy: 0x5000940f,
  getSubvolumeFlags: 0x80089419,
  setSubvolumeFlags: 0x4008941a,
  getSubvolumeInfo: 0x81f8943c,
  getSubvolumeRootRefs: 0xd000943d,
  inodeLookupUser: 0xd000943e,
  startSync: 0x80089418,
  waitSync: 0x40089416,
  treeSearch: 0xc0709411,
} as const;

/** BTRFS_FIRST_FREE_OBJECTID: the inode of the top folder of every subvolume. */
export const ROOT_INODE = 256;

/** Memory for the struct of a request. */
export class IoctlBlock {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly address: number;

  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.address = ptr(this.bytes);
  }

  /** A u64 that is known to be less than 2^53: ids, inodes, generations. */
  readNumber(at: number): number {
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 4294967296;
  }

  writeNumber(at: number, value: number): void {
    this.view.setBigUint64(at, BigInt(value), true);
  }

  /** A name that ends at its first zero byte, one character a byte. */
  readName(at: number, room: number): string {
    const end = this.bytes.indexOf(0, at);
    return this.bytes.latin1Slice(at, end < 0 ? at + room : Math.min(end, at + room));
  }
}

/** Returns "" when it was done, else the kernel's name of what stood in the way. */
export function tryIoctl(fd: number, request: number, argument: number): string {
  for (;;) {
    if (libc.ioctl(fd, request, argument) >= 0) return "";
    const why = lastErrno();
    if (why !== "EINTR") return why;
  }
}
