import { writeSync } from "../fs/files.ts";
import { explainError, JvsError, systemCodeOf } from "../model/errors.ts";

const encoder = new TextEncoder();

/**
 * Writes everything to an open file, pipe or terminal before it returns.
 *
 * @param name what it is in words, for the message when it fails
 * @throws JvsError, or the system's error EPIPE
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
      else if (code !== "EINTR") throw explainWriting(error, name);
    }
  }
}

/** A closed pipe stays what it is: whoever reads it may have seen enough. */
export function explainWriting(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || systemCodeOf(error) === "EPIPE") return error;
  const known = explainError(Object.assign(error, { action: "write to", path: name }));
  if (!(known instanceof JvsError)) return known;
  const { message, code, details, cause } = known;
  const hint = "Only the output is missing: what the command does to files is done";
  return new JvsError(message, { code, hint, details, cause });
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
