import { ptr } from "bun:ffi";
import { constants } from "node:fs";
import { SystemError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { closeFd, openWith } from "../at.ts";
import { IoBuffer } from "../file-io.ts";
import { lastErrno, libc, throwErrno } from "../libc.ts";

/** One open control node: one request goes out, its replies come in. Tests put their own in its place. */
export interface ControlPort {
  /** Hands over a whole request. Throws SystemError, EINTR included. */
  write(request: Uint8Array): void;
  /** What has come since, which may be nothing. Throws SystemError, EINTR included. */
  read(): Uint8Array;
  /** Makes the other side give up; it answers all the same, with EINTR unless it was done. */
  cancel(): void;
  close(): void;
}

/** Opens the control node `name` of an open folder. */
export type OpenPort = (folder: number, name: RawPath) => ControlPort;

const ROOM_FOR_REPLIES = 64 * 1024;

/**
 * The control node of a real mount. It is read on from where the request ends, never at a
 * position: the mount keeps the request in front of its replies.
 *
 * A copy of the descriptor that is closed, in a program that was started too, cancels the request:
 * the kernel tells the mount of every close.
 */
export const openControlNode: OpenPort = (folder, name) => {
  const fd = openWith(folder, name, { flags: constants.O_RDWR | constants.O_NOFOLLOW });
  const buffer = new IoBuffer(ROOM_FOR_REPLIES);
  return {
    write(request) {
      const put = Number(libc.write(fd, ptr(request), request.length));
      if (put < 0) throwErrno("write to", name);
      if (put !== request.length) throw new SystemError("EIO", "write to", toText(name));
    },
    read() {
      const got = Number(libc.read(fd, buffer.address, buffer.bytes.length));
      if (got < 0) throwErrno("read", name);
      return buffer.bytes.subarray(0, got);
    },
    cancel() {
      const F_DUPFD_CLOEXEC = 1030;
      const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
      if (copy < 0) throw new SystemError(lastErrno(), "copy the descriptor of", toText(name));
      closeFd(copy);
    },
    close: () => closeFd(fd),
  };
};
