import type { RawPath } from "../model/raw-path.ts";
import { closeFd, openForRead } from "./at.ts";
import { IoBuffer, readFully } from "./file-io.ts";

/** The beginning of a small text file, or undefined when it cannot be read. */
export function readSmall(folder: number, name: RawPath): string | undefined {
  let fd: number;
  try {
    fd = openForRead(folder, name);
  } catch {
    return undefined;
  }
  try {
    const buffer = new IoBuffer(1 << 20);
    return Buffer.from(buffer.bytes.buffer, 0, readFully(fd, { buffer }, name)).toString("utf8");
  } catch {
    return undefined;
  } finally {
    closeFd(fd);
  }
}
