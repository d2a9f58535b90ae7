import { type ChunkRef, parseChunkList } from "./chunk-list.ts";
import { IdKey, idAt } from "./id-key.ts";
import type { IdSet } from "./id-set.ts";
import type { LooseFiles } from "./loose-files.ts";
import type { ObjectDamage } from "./object-damage.ts";
import type { Pack } from "./pack.ts";
import { CHUNK_LIST, decodeRow } from "./pack-format.ts";
import type { PackSet, StoredCopy } from "./pack-set.ts";

/** Adds the chunks of all wanted large files to what is wanted. */
export function addChunks(packs: PackSet, loose: LooseFiles, wanted: IdSet): void {
  const key = new IdKey();
  for (const { id, chunks } of listChunkLists(packs, wanted)) {
    // A list that lost its chunks to a sweep proves nothing where the whole file is there.
    if (loose.has(id) && !holdsAll(packs, chunks)) continue;
    for (const chunk of chunks) if (key.set(chunk.id)) wanted.add(key);
  }
}

/** Whether this copy of an object is more than a list of chunks that are not there. */
export function isCopyWhole(packs: PackSet, { pack, row }: StoredCopy): boolean {
  if (row.encoding !== CHUNK_LIST) return true;
  const bytes = pack.read(row);
  const chunks = bytes && parseChunkList(bytes, row.rawSize);
  return chunks !== undefined && holdsAll(packs, chunks);
}

function holdsAll(packs: PackSet, chunks: readonly ChunkRef[]): boolean {
  const key = new IdKey();
  return chunks.every(({ id }) => key.set(id) && packs.has(key));
}

/** The wanted large files that lack one of their chunks: they are damaged with it. */
export function listBrokenFiles(
  packs: PackSet,
  wanted: IdSet,
  damages: readonly ObjectDamage[],
): ObjectDamage[] {
  const broken = new Map(
    damages.filter(({ readable }) => !readable).map((damage) => [damage.id, damage]),
  );
  if (broken.size === 0) return [];
  const files = new Map<string, ObjectDamage>();
  for (const { id, chunks, size } of listChunkLists(packs, wanted)) {
    const chunk = chunks.find((one) => broken.has(one.id));
    if (chunk === undefined || broken.has(id)) continue;
    const { file, why } = broken.get(chunk.id) as ObjectDamage;
    const reason = `its part ${chunk.id} is damaged: ${why}`;
    files.set(id, {
      id,
      why: reason,
      part: "content",
      size,
      readable: false,
      ...(file && { file }),
    });
  }
  return [...files.values()];
}

type ChunkList = Pick<ObjectDamage, "id"> & {
  readonly chunks: readonly ChunkRef[];
  readonly size: number;
};

function* listChunkLists(packs: PackSet, wanted: IdSet): Generator<ChunkList> {
  for (const pack of packs.packs()) yield* listOfPack(pack, wanted);
}

function* listOfPack(pack: Pack, wanted: IdSet): Generator<ChunkList> {
  const index = pack.wholeIndex();
  const { rows } = index;
  const key = new IdKey();
  for (const start of index.starts()) {
    if (rows.bytes[start + 38] !== CHUNK_LIST) continue;
    key.setBytes(rows.bytes, start);
    if (!wanted.has(key)) continue;
    const row = decodeRow(rows, start);
    const bytes = pack.read(row);
    const chunks = bytes && parseChunkList(bytes, row.rawSize);
    // A damaged list is found by whoever hashes it.
    if (chunks !== undefined) yield { id: idAt(rows.bytes, start), chunks, size: row.rawSize };
  }
  pack.forgetIndex();
}
