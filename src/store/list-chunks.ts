import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { type ChunkRef, parseChunkList } from "./chunk-list.ts";
import { IdKey } from "./id-key.ts";
import { CHUNK_LIST } from "./pack-format.ts";
import type { PackSet } from "./pack-set.ts";

/**
 * The chunks of a large file; none where one of them is not stored, the file is not in chunks, or it
 * cannot be told: they only save time.
 */
export function listChunks(packs: PackSet, id: ObjectId): readonly ChunkRef[] {
  try {
    const key = new IdKey();
    const chunks = key.set(id) ? readList(packs, key) : undefined;
    return chunks?.every((chunk) => key.set(chunk.id) && packs.has(key)) === true ? chunks : [];
  } catch (error) {
    if (systemCodeOf(error) === "") throw error;
    return [];
  }
}

function readList(packs: PackSet, key: IdKey): ChunkRef[] | undefined {
  for (const { pack, row } of packs.copies(key)) {
    const bytes = row.encoding === CHUNK_LIST ? pack.read(row) : undefined;
    if (bytes !== undefined) return parseChunkList(bytes, row.rawSize);
  }
  return undefined;
}
