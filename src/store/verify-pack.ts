import { basename } from "node:path";
import { toHex64 } from "./pack-format.ts";
import { type PackProblem, scanPack } from "./scan-pack.ts";

/** What a look at all checksums of a pack brought to light. */
export interface PackReport {
  readonly ok: boolean;
  readonly problems: readonly PackProblem[];
}

/**
 * Checks every checksum of the pack at `path`: any flipped, missing or added byte shows. Does not
 * compute SHA-256, so it says nothing about content that was wrong when it was written.
 * Throws the system's error when the file cannot be read.
 */
export function verifyPack(path: string): PackReport {
  const { index, problems: found } = scanPack(path, { payloads: true });
  const problems = [...found];
  if (found.length === 0 && !basename(path).startsWith(toHex64(index.checksum)))
    problems.push({ offset: 0, why: "the file has the name of another pack" });
  return { ok: problems.length === 0, problems };
}
