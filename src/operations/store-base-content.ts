import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import { listPayloads } from "../repo/payloads.ts";
import type { ObjectStore, PackWriter } from "../store/object-store.ts";
import { SMALL_BYTES } from "../tree/content-sink.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import { walkTree } from "../tree/walk-tree.ts";
import type { Repository } from "./open-workspace.ts";

const FILES_BETWEEN_BREATHS = 64;

/**
 * Stores what a partial snapshot takes over from the one before it and what lies in no pack so far, but
 * in the folder of some snapshot: that goes with its snapshot, and nothing else must depend on it.
 *
 * @throws E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED, SystemError
 */
export async function storeBaseContent(
  { repo, store }: Repository,
  { base }: PartialScope,
  { writer, progress }: { writer: PackWriter; progress: Progress },
): Promise<void> {
  if (listPayloads(repo).length === 0) return;
  const known = new Set<ObjectId>();
  let done = 0;
  for (const [, { kind, content, size }] of walkTree(base)) {
    if (++done % FILES_BETWEEN_BREATHS === 0) await progress.breathe();
    const id = content as ObjectId;
    if (kind !== "f" || known.has(id) || store.isWhole(id)) continue;
    known.add(id);
    if (size <= SMALL_BYTES) writer.putAs(id, store.read(id));
    else storeLarge(store, writer, id);
  }
}

function storeLarge(store: ObjectStore, writer: PackWriter, id: ObjectId): void {
  const file = writer.beginFile();
  try {
    for (const piece of store.readPieces(id)) file.update(piece);
    file.finish();
  } catch (error) {
    file.abandon();
    throw error;
  }
}
