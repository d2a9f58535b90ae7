import { ptr } from "bun:ffi";
import { SystemError } from "../model/errors.ts";
import { errnoName } from "./errno.ts";
import { fstatSync, fsyncSync, pathOfOpen } from "./files.ts";
import { loadNative, type NativeCode } from "./native-code.ts";
import { nodeFs } from "./node-fs.ts";

/** What the disk takes in a moment: until then we answer to nobody. */
const MOMENT_BYTES = 64 << 20;

/** Makes several open files durable at once: file systems join their journal commits. Throws the first failure. */
export async function syncFiles(fds: readonly number[]): Promise<void> {
  const [only] = fds;
  const native = fds.length > 1 && takesMoment(fds) ? loadNative() : undefined;
  if (fds.length === 1 && only !== undefined && takesMoment(fds)) fsyncSync(only);
  else if (native !== undefined) syncNatively(native, fds);
  else await Promise.all(fds.map(syncLater));
}

function takesMoment(fds: readonly number[]): boolean {
  return fds.reduce((sum, fd) => sum + fstatSync(fd).size, 0) <= MOMENT_BYTES;
}

function syncNatively(native: NativeCode, fds: readonly number[]): void {
  const errors = new Int32Array(fds.length);
  native.sync_files(ptr(Int32Array.from(fds)), ptr(errors), fds.length);
  const failed = errors.findIndex((errno) => errno !== 0);
  if (failed >= 0)
    throw new SystemError(
      errnoName(errors[failed] as number),
      "sync",
      pathOfOpen(fds[failed] as number),
    );
}

function syncLater(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    nodeFs().fsync(fd, (error) => (error ? reject(error) : resolve()));
  });
}
