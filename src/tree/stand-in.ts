import type { ObjectId } from "../model/entry.ts";
import { type RawPath, toBytes } from "../model/raw-path.ts";

const ALL_BITS = 0xff;

/**
 * What stands in a tree for the content of a file that was not read yet: a SHA-256 of the snapshot and
 * the path, with every bit turned over. So whoever knows both recognises it, and nobody can make
 * content that has it for a name.
 */
export function standInOf(snapshot: string, path: RawPath): ObjectId {
  const hasher = new Bun.CryptoHasher("sha256");
  hasher.update(`jvs pending ${snapshot} `);
  const digest = hasher.update(toBytes(path)).digest();
  return Buffer.from(digest.map((byte) => byte ^ ALL_BITS)).toString("hex") as ObjectId;
}
