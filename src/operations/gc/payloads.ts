import { keepsFolders } from "../../engines/engine-names.ts";
import { measureSlots } from "../../engines/measure-slot.ts";
import type { Slot } from "../../engines/slot-files.ts";
import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import { type Progress, SILENT } from "../../model/progress.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import { hasDescriptor } from "../../repo/descriptors.ts";
import { listIntents } from "../../repo/intents.ts";
import { payloadPath } from "../../repo/layout.ts";
import { hasPayload, listPayloads, removePayload } from "../../repo/payloads.ts";
import type { Repo } from "../../repo/repo.ts";
import type { Repository } from "../open-workspace.ts";
import { recordedView } from "../tree-of.ts";

/** Bytes that would go with the folders of these snapshots, all together. */
export async function measurePayloads(
  repository: Repository,
  descriptors: readonly Descriptor[],
  progress: Progress,
): Promise<number> {
  const slots = descriptors.flatMap((one) => slotOf(repository, one));
  try {
    return await measureSlots(slots, progress);
  } catch (error) {
    // A tree that cannot be read: then nobody knows.
    if (error instanceof JvsError && error.code !== "E_INTERRUPTED") return 0;
    throw error;
  }
}

/**
 * Removes the folders of snapshots whose records are gone, one after the other, and returns the bytes
 * that went. Killed on the way, it leaves folders that nobody knows: see {@link clearStrayPayloads}.
 */
export async function removePayloads(
  repository: Repository,
  removed: readonly Descriptor[],
): Promise<number> {
  let freed = 0;
  for (const descriptor of removed) {
    freed += await measurePayloads(repository, [descriptor], SILENT);
    failPoint("gc-payload");
    await removePayload(repository.repo, descriptor.snapshot_id);
  }
  return freed;
}

/** Folders of snapshots that nobody knows and that are not being made. Returns how many went. */
export async function clearStrayPayloads(repo: Repo): Promise<number> {
  const strays = listStrayPayloads(repo);
  for (const id of strays) await removePayload(repo, id);
  return strays.length;
}

/** Their ids. An intent is there before a folder is, and goes after the record has come. */
export function listStrayPayloads(repo: Repo): Descriptor["snapshot_id"][] {
  return listPayloads(repo).filter(
    (id) => !listIntents(repo).some((intent) => intent.id === id) && !hasDescriptor(repo, id),
  );
}

function slotOf({ repo, store }: Repository, descriptor: Descriptor): Slot[] {
  const { snapshot_id: id, engine } = descriptor;
  if (!keepsFolders(engine) || !hasPayload(repo, id)) return [];
  return [{ path: payloadPath(repo.layout, id), tree: recordedView(store, descriptor) }];
}
