import { openSync } from "../fs/files.ts";
import { O_NONBLOCK, O_RDONLY } from "../fs/open-flags.ts";

/** Without waiting: a fifo in the place of a file must hold nobody up. */
export const READING: number = O_RDONLY | O_NONBLOCK;

/** Opens the file at `path` to read it. Throws the system's error. */
export function openForReading(path: string): number {
  return openSync(path, READING);
}
