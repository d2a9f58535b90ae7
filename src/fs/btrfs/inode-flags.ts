import { JvsError, SystemError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { IoctlBlock, REQUEST, tryIoctl } from "./btrfs-ioctl.ts";

/** chattr(1) letters as bits (linux/fs.h). */
const NO_COPY_ON_WRITE = 0x800000;
const FIXED = 0x10 | 0x20; // Immutable, append only.
/** Those that a clone keeps: without the first one, blocks of such a file cannot be shared. */
const KEPT = NO_COPY_ON_WRITE | 0x8 | 0x40 | 0x80 | 0x10000; // Sync, no dump, no atime, folder sync.

const block = new IoctlBlock(8);

/**
 * Gives an open file or folder, which has to be empty, the flags of another.
 *
 * @throws SystemError; E_PERMISSION where the other one is immutable or for appending only: then
 *   nothing could take its place
 */
export function copyInodeFlags(from: number, to: number, path: RawPath): void {
  const wanted = readFlags(from, path);
  if ((wanted & FIXED) !== 0) throw isFixed(path);
  const had = readFlags(to, path);
  if ((wanted & KEPT) === (had & KEPT)) return;
  block.view.setUint32(0, (had & ~KEPT) | (wanted & KEPT), true);
  const why = tryIoctl(to, REQUEST.setInodeFlags, block.address);
  if (why !== "") throw new SystemError(why, "set the flags of", toText(path));
}

function readFlags(fd: number, path: RawPath): number {
  const why = tryIoctl(fd, REQUEST.getInodeFlags, block.address);
  if (why !== "") throw new SystemError(why, "read the flags of", toText(path));
  return block.view.getUint32(0, true);
}

function isFixed(path: RawPath): JvsError {
  return new JvsError(`Cannot clone "${toText(path)}": it may not be changed or removed`, {
    code: "E_PERMISSION",
    hint: `Run \`chattr -i -a\` on it first, and again with + afterwards`,
    details: { path: toText(path) },
  });
}
