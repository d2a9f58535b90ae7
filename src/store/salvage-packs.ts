import { dirname, join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { publishPack } from "./consolidate-packs.ts";
import { listRecords } from "./copy-live.ts";
import { DraftPack } from "./draft-pack.ts";
import { IdKey } from "./id-key.ts";
import type { Pack } from "./pack.ts";
import { type IndexedObject, PackIndex } from "./pack-index.ts";
import { PackSet } from "./pack-set.ts";
import { scanPack } from "./scan-pack.ts";

/**
 * Copies out of damaged packs, into one new pack, what is lost to readers and lies in them all the
 * same: where a pack has the content of another one, say, its index does not tell of it. The caller
 * holds the lock of the store. Throws the system's errors.
 *
 * @param paths the damaged packs
 * @returns how many objects were found
 */
export function salvagePacks(
  objectsFolder: string,
  paths: readonly string[],
  lost: ReadonlySet<ObjectId>,
): number {
  const packs = new PackSet(join(objectsFolder, "packs"));
  const draft = new DraftPack(packs.folder);
  try {
    for (const pack of packs.packs()) if (paths.includes(pack.path)) salvage(pack, draft, lost);
    if (draft.objectCount > 0) publishPack(draft, packs);
    return draft.objectCount;
  } finally {
    draft.discard();
    packs.close();
  }
}

function salvage(pack: Pack, draft: DraftPack, lost: ReadonlySet<ObjectId>): void {
  const { index } = scanPack(pack.path, { payloads: false });
  const key = new IdKey();
  const isHidden = ({ id, row }: IndexedObject): boolean =>
    lost.has(id) && key.set(id) && !draft.has(key) && pack.find(key)?.offset !== row.offset;
  for (const objects of listRecords(new PackIndex(dirname(pack.path), index.bytes))) {
    const hidden = objects.filter(isHidden);
    const [first] = hidden;
    const bytes = first && pack.read(first.row);
    if (first === undefined || bytes === undefined) continue;
    const members = hidden.map(({ id, row }) => ({
      ...row,
      number: key.set(id) ? draft.reserve(key) : -1,
    }));
    draft.write(members, { ...first.row, bytes });
  }
}
