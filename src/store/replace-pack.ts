import { dirname, join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import { auditObjects } from "./audit-objects.ts";
import { publishPack } from "./consolidate-packs.ts";
import { DraftPack } from "./draft-pack.ts";
import { IdKey } from "./id-key.ts";
import { IdSet } from "./id-set.ts";
import type { Pack } from "./pack.ts";
import type { IndexedObject } from "./pack-index.ts";
import { PackSet } from "./pack-set.ts";

export interface ReplaceRequest {
  /** The damaged pack. */
  readonly path: string;
  /** What snapshots need and cannot be read: a pack that holds any of it stays, as evidence. */
  readonly needed: ReadonlySet<ObjectId>;
  readonly progress: Progress;
}

/**
 * Puts a new pack with all that is intact in place of a damaged one. The damaged one stays where
 * something in it is needed that no other pack holds intact. The caller holds the lock of the store.
 * Killed at any point it loses nothing.
 *
 * @returns whether the damaged pack is gone
 */
export async function replacePack(
  objectsFolder: string,
  { path, needed, progress }: ReplaceRequest,
): Promise<boolean> {
  const packs = new PackSet(join(objectsFolder, "packs"));
  const pack = packs.packs().find((one) => one.path === path);
  if (pack === undefined) return true;
  try {
    const objects = [...pack.wholeIndex().objects()];
    const wanted = setOf(objects);
    const { damages } = await auditObjects(objectsFolder, { wanted, everything: false, progress });
    const bad = new Set(damages.filter(({ part }) => part === "content").map(({ id }) => id));
    if (damages.some(({ id, readable }) => !readable && needed.has(id))) return false;
    return replace(
      packs,
      pack,
      objects.filter(({ id }) => !bad.has(id)),
    );
  } finally {
    packs.close();
  }
}

function setOf(objects: readonly IndexedObject[]): IdSet {
  const set = new IdSet();
  const key = new IdKey();
  for (const { id } of objects) if (key.set(id)) set.add(key);
  return set;
}

function replace(packs: PackSet, pack: Pack, intact: readonly IndexedObject[]): boolean {
  const draft = new DraftPack(dirname(pack.path));
  try {
    const records = Map.groupBy(intact, ({ row }) => row.offset);
    for (const [, objects] of [...records].sort(([one], [other]) => one - other))
      if (!copyRecord(pack, draft, objects)) return false;
    publishPack(draft, packs);
    pack.remove();
    return true;
  } finally {
    draft.discard();
  }
}

function copyRecord(pack: Pack, draft: DraftPack, objects: readonly IndexedObject[]): boolean {
  const key = new IdKey();
  const [first] = objects as [IndexedObject];
  const bytes = pack.read(first.row);
  if (bytes === undefined) return false;
  const members = objects
    .filter(({ id }) => key.set(id) && !draft.has(key))
    .map(({ id, row }) => ({ ...row, number: key.set(id) ? draft.reserve(key) : -1 }));
  if (members.length > 0) draft.write(members, { ...first.row, bytes });
  return true;
}
