import { closeSync, constants, openSync, writeSync } from "node:fs";
import { systemCodeOf } from "../model/errors.ts";
import { cloneInto } from "./clone-into.ts";
import { lastErrno } from "./libc.ts";
import { onSameFileSystem } from "./same-file-system.ts";

/** O_TMPFILE (asm-generic/fcntl.h): a file without a name, gone once it is closed. */
const O_TMPFILE = 0o20200000;
const PROBE_BYTES = new Uint8Array(4096);

/**
 * Why files in `target` cannot share blocks with files in `source` (both folders); undefined when they
 * can. Tried with files that have no names: nothing is left behind, whatever happens.
 */
export function whyNoClones(target: string, source: string): string | undefined {
  if (!onSameFileSystem(target, source))
    return `"${target}" and "${source}" are on different file systems`;
  const fds: number[] = [];
  try {
    for (const folder of [source, target])
      fds.push(openSync(folder, O_TMPFILE | constants.O_RDWR, 0o600));
    const [from = -1, to = -1] = fds;
    writeSync(from, PROBE_BYTES);
    if (cloneInto(to, from)) return undefined;
    return `the file system cannot share blocks between files (${lastErrno()})`;
  } catch (error) {
    return `it cannot be tried in "${target}" (${systemCodeOf(error)})`;
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}
