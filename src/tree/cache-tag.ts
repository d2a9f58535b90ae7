import { readSmall } from "../fs/read-small.ts";
import type { RawPath } from "../model/raw-path.ts";

/** The file that tags a folder as a cache, which anyone can make again. */
export const CACHE_TAG: RawPath = "CACHEDIR.TAG" as RawPath;

/** The first bytes of the tag file, by the Cache Directory Tagging Specification (bford.info). */
const SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";

/** Whether the open folder, which has a file of that name, is tagged. */
export function isTaggedAsCache(fd: number): boolean {
  return readSmall(fd, CACHE_TAG)?.startsWith(SIGNATURE) ?? false;
}
