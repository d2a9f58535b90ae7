import type { RawPath } from "../model/raw-path.ts";

/**
 * A number of 32 bits by which pages begin (docs/format.md, "Pages"): FNV-1a of the bytes of the name
 * (RFC 9923), whose low bits depend on the low bits of those alone, and then the finalizer of
 * MurmurHash3 (`fmix32`), which makes every bit depend on all. For a short name it takes a small part
 * of the time of a SHA-256. Frozen: with another one every folder with pages would be stored anew.
 */
export function hashName(name: RawPath): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
