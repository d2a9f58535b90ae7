import { closeFd } from "../fs/at.ts";
import { mkdirSync, openSync, removeIfAny } from "../fs/files.ts";
import { isFolder } from "../fs/is-there.ts";
import { O_CREAT, O_TRUNC, O_WRONLY } from "../fs/open-flags.ts";
import { removeByHand, removeTree } from "../fs/remove-tree.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { PENDING_SUFFIX, payloadPath, pendingMarkPath, sealDraftPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** Whether the snapshot has a folder of its own. A link in its place is none. */
export function hasPayload({ layout }: Repo, id: SnapshotId): boolean {
  return isFolder(payloadPath(layout, id));
}

/** The ids of all folders of snapshots, whether they are known or left over. */
export function listPayloads({ layout }: Repo): SnapshotId[] {
  return listFolderIfAny(layout.snapshots).filter(isSnapshotId);
}

/** Removes the folder of a snapshot. Removing what is gone is no error. */
export async function removePayload(repo: Repo, id: SnapshotId): Promise<void> {
  await removeTree(payloadPath(repo.layout, id));
  unmarkPending(repo, id);
}

/**
 * Notes that the content of the snapshot is not named yet, before it is published: so that nobody has to
 * read all descriptors to find those.
 */
export function markPending({ layout }: Repo, id: SnapshotId): void {
  const path = pendingMarkPath(layout, id);
  withFolderOf(path, () => closeFd(openSync(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)));
}

/** Takes the note away, and what a killed seal left. Without one it does nothing. */
export function unmarkPending({ layout }: Repo, id: SnapshotId): void {
  removeByHand(sealDraftPath(layout, id));
  removeIfAny(pendingMarkPath(layout, id));
}

/** The snapshots with such a note; some may be sealed, or gone. */
export function listPendingMarks({ layout }: Pick<Repo, "layout">): SnapshotId[] {
  return listFolderIfAny(layout.snapshots)
    .filter((name) => name.endsWith(PENDING_SUFFIX))
    .map((name) => name.slice(0, -PENDING_SUFFIX.length))
    .filter(isSnapshotId);
}

/** An empty folder to write the snapshot's folders into; what a killed seal left there goes. */
export function makeSealDraft({ layout }: Repo, id: SnapshotId): string {
  const path = sealDraftPath(layout, id);
  removeByHand(path);
  mkdirSync(path, { mode: 0o700 });
  return path;
}
