import type { ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { hashBytes } from "../tree/content-sink.ts";
import { decodeLinkGroups, type LinkGroup } from "../tree/link-groups.ts";
import { sameState, type TreeState } from "../tree/seal-tree.ts";
import { EMPTY_FOLDER, type FolderView, storedFolder } from "../tree/tree-source.ts";

/**
 * The tree that a snapshot holds, as a value.
 *
 * @throws E_OBJECT_MISSING for one that is pending: {@link sealPending} could not seal it
 */
export function stateOf(descriptor: Descriptor): TreeState {
  refusePending(descriptor);
  return {
    root: descriptor.payload_root_hash,
    rootMode: Number.parseInt(descriptor.root_mode, 8),
    ...(descriptor.root_xattrs === undefined ? {} : { rootXattrs: descriptor.root_xattrs }),
    ...(descriptor.links === undefined ? {} : { links: descriptor.links }),
    entries: descriptor.entries,
    bytes: descriptor.bytes,
  };
}

/** The name of the tree without entries, which no store holds. */
export const EMPTY_ROOT: ObjectId = hashBytes(new Uint8Array(0));

/** Whether that is what the snapshot holds. Of a pending one nobody knows: then it is not. */
export function holdsState(descriptor: Descriptor, tree: TreeState): boolean {
  return !isPending(descriptor) && sameState(tree, stateOf(descriptor));
}

/** Whether content of the snapshot was not read yet, and has no name. */
export function isPending({ integrity_state }: Descriptor): boolean {
  return integrity_state === "pending";
}

/**
 * A look into the snapshot's tree; nothing for null.
 *
 * @throws E_OBJECT_MISSING for a pending one, as {@link stateOf} does
 */
export function viewOf(store: ObjectStore, descriptor: Descriptor | null): FolderView {
  if (descriptor !== null) refusePending(descriptor);
  return recordedView(store, descriptor);
}

/** The same of a pending snapshot, too: there, stand-ins are in the place of content that has no name. */
export function recordedView(store: ObjectStore, descriptor: Descriptor | null): FolderView {
  if (descriptor === null || descriptor.payload_root_hash === EMPTY_ROOT) return EMPTY_FOLDER;
  return storedFolder(descriptor.payload_root_hash, (id) => store.read(id));
}

/** The groups of paths that share an inode in the snapshot. */
export function linksOf(store: ObjectStore, links: ObjectId | undefined): LinkGroup[] {
  return links === undefined ? [] : decodeLinkGroups(store.read(links));
}

/** @throws E_OBJECT_MISSING for a pending snapshot */
export function refusePending(descriptor: Descriptor): void {
  if (!isPending(descriptor)) return;
  const { snapshot_id: id } = descriptor;
  throw new JvsError(`Cannot use the content of snapshot ${id}: it is not hashed yet`, {
    code: "E_OBJECT_MISSING",
    hint: `Run \`jvs seal ${shortId(id)}\`: it says what is in the way`,
    details: { snapshot_id: id, pending: true },
  });
}
