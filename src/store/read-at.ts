import { readSync } from "../fs/files.ts";
import { withPath } from "./store-errors.ts";

/** An open file, and what messages call it. */
export interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

/**
 * Fills `target` from byte `position` of the file on. Returns how many bytes there were: fewer than
 * the target holds only at the end of the file. Throws a SystemError with the path.
 */
export function readAt({ fd, path }: OpenFile, target: Uint8Array, position: number): number {
  let done = 0;
  try {
    while (done < target.length) {
      const got = readSync(fd, target, { offset: done, position: position + done });
      if (got === 0) break;
      done += got;
    }
  } catch (error) {
    throw withPath(error, { action: "read", path });
  }
  return done;
}
