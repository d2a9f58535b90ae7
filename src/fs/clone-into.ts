import { fromText } from "../model/raw-path.ts";
import { lastErrno, libc, throwErrno } from "./libc.ts";

/** `_IOW(0x94, 9, int)`: ioctl_ficlone(2), linux/fs.h. */
const FICLONE = 0x40049409;

/**
 * What says that these two files cannot share blocks, which is no failure: no such thing on this
 * file system (ENOTSUP, ENOTTY, ENOSYS), two file systems (EXDEV), other ways of laying out data
 * (EINVAL: btrfs without copy-on-write, XFS realtime), a swap file (ETXTBSY), content not on the
 * disk yet (EAGAIN: ZFS), forbidden to this process (EPERM: a sandbox), no file any more (EISDIR).
 */
const NOT_SHARED = /^(ENOTSUP|ENOTTY|ENOSYS|EXDEV|EINVAL|ETXTBSY|EAGAIN|EPERM|EISDIR)$/;

/**
 * Makes an empty file hold what `source` holds at this moment, by sharing its blocks: at once, and
 * without room on the disk until one of the two is changed. Says false where the file system cannot.
 *
 * @param target a new file, open for writing
 * @param source open for reading
 * @throws SystemError ENOSPC, EDQUOT, EIO
 */
export function cloneInto(target: number, source: number): boolean {
  while (libc.ioctl(target, FICLONE, source) !== 0) {
    const why = lastErrno();
    if (NOT_SHARED.test(why)) return false;
    if (why !== "EINTR") throwErrno("clone", fromText(""));
  }
  return true;
}
