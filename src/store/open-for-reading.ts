import { constants, openSync } from "node:fs";

/** Without waiting: a fifo in the place of a file must hold nobody up. */
export const READING: number = constants.O_RDONLY | constants.O_NONBLOCK;

/** Opens the file at `path` to read it. Throws the system's error. */
export function openForReading(path: string): number {
  return openSync(path, READING);
}
