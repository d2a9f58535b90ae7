import { writeSync } from "node:fs";
import { systemCodeOf } from "../model/errors.ts";

const encoder = new TextEncoder();

/**
 * Writes everything to an open file, pipe or terminal before it returns.
 *
 * @param name what it is in words, for the message when it fails
 * @throws the system's error, with `name` as its path
 */
export function writeAll(fd: number, data: string | Uint8Array, name: string): void {
  let left = typeof data === "string" ? encoder.encode(data) : data;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      const code = systemCodeOf(error);
      // Whoever shares the pipe with us has made it non-blocking, and its reader is slow.
      if (code === "EAGAIN") sleep(1);
      else if (code !== "EINTR") throw named(error, name);
    }
  }
}

function named(error: unknown, name: string): unknown {
  return error instanceof Error ? Object.assign(error, { action: "write to", path: name }) : error;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
