import { systemCodeOf } from "../model/errors.ts";
import { closeFd } from "./at.ts";
import { cloneInto } from "./clone-into.ts";
import { openSync, writeSync } from "./files.ts";
import { lastErrno } from "./libc.ts";
import { O_RDWR, O_TMPFILE } from "./open-flags.ts";
import { onSameFileSystem } from "./same-file-system.ts";

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
    for (const folder of [source, target]) fds.push(openSync(folder, O_TMPFILE | O_RDWR, 0o600));
    const [from = -1, to = -1] = fds;
    writeSync(from, PROBE_BYTES);
    if (cloneInto(to, from)) return undefined;
    return `the file system cannot share blocks between files (${lastErrno()})`;
  } catch (error) {
    return `it cannot be tried in "${target}" (${systemCodeOf(error)})`;
  } finally {
    for (const fd of fds) closeFd(fd);
  }
}
