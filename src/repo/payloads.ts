import { lstatSync } from "node:fs";
import { removeTree } from "../fs/remove-tree.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { listFolderIfAny } from "./folders.ts";
import { payloadPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** Whether the snapshot has a folder of its own. A link in its place is none. */
export function hasPayload({ layout }: Repo, id: SnapshotId): boolean {
  const stat = lstatSync(payloadPath(layout, id), { throwIfNoEntry: false });
  return stat?.isDirectory() === true;
}

/** The ids of all folders of snapshots, whether they are known or left over. */
export function listPayloads({ layout }: Repo): SnapshotId[] {
  return listFolderIfAny(layout.snapshots).filter(isSnapshotId);
}

/** Removes the folder of a snapshot. Removing what is gone is no error. */
export async function removePayload({ layout }: Repo, id: SnapshotId): Promise<void> {
  await removeTree(payloadPath(layout, id));
}
