import type { ObjectId } from "../model/entry.ts";
import type { LooseFiles } from "./loose-files.ts";
import type { ObjectDamage } from "./object-damage.ts";

/** Hashes an object that is a file of its own; it is missing when there is no such file. */
export function* auditLoose(loose: LooseFiles, id: ObjectId): Generator<ObjectDamage> {
  const size = loose.sizeOf(id);
  if (size === undefined) {
    yield { id, why: "it is not in the store", part: "content", readable: false };
    return;
  }
  const hasher = new Bun.CryptoHasher("sha256");
  for (const piece of loose.pieces(id)) hasher.update(piece);
  if (hasher.digest("hex") === id) return;
  const why = "its content does not have the SHA-256 it is named by";
  yield { id, why, part: "content", file: loose.pathOf(id), size, readable: false };
}
