import { closeSync, constants, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { cloneInto } from "../fs/clone-into.ts";
import { tryLockFile } from "../fs/flock.ts";
import { encodeTokens, HEADER_BYTES, type Tokens } from "./index-header.ts";
import type { ScanTable } from "./scan-table.ts";

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;

/**
 * Makes an index at `path` of the file that a table is mapped from, with other tokens, and without
 * what was changed in the table since: by sharing its blocks, which costs the same for any size.
 * Where that cannot be done, or somebody else writes there, nothing is made.
 *
 * @throws the system's errors
 */
export function copyIndex(path: string, { mappedFd, checksum }: ScanTable, tokens: Tokens): void {
  if (mappedFd === undefined) return;
  const beside = `${path}.new`;
  const fd = openSync(beside, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!tryLockFile(fd)) return;
    ftruncateSync(fd, 0);
    if (!cloneInto(fd, mappedFd)) return;
    const bytes = encodeTokens(tokens, checksum);
    writeSync(fd, bytes, 0, bytes.length, HEADER_BYTES);
    renameSync(beside, path);
  } finally {
    closeSync(fd);
  }
}
