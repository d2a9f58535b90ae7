import type { ObjectId } from "../model/entry.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { hashBytes } from "../tree/content-sink.ts";
import { decodeLinkGroups, type LinkGroup } from "../tree/link-groups.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import { EMPTY_FOLDER, type FolderView, storedFolder } from "../tree/tree-source.ts";

/** The tree that a snapshot holds, as a value. */
export function stateOf(descriptor: Descriptor): TreeState {
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

/** A look into the snapshot's tree; nothing for null. */
export function viewOf(store: ObjectStore, descriptor: Descriptor | null): FolderView {
  if (descriptor === null || descriptor.payload_root_hash === EMPTY_ROOT) return EMPTY_FOLDER;
  return storedFolder(descriptor.payload_root_hash, (id) => store.read(id));
}

/** The groups of paths that share an inode in the snapshot. */
export function linksOf(store: ObjectStore, links: ObjectId | undefined): LinkGroup[] {
  return links === undefined ? [] : decodeLinkGroups(store.read(links));
}
