import type { ObjectId } from "../../model/entry.ts";
import { JvsError } from "../../model/errors.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { visitFolderObject } from "../../tree/walk-objects.ts";

/** Where a snapshot's tree begins. */
export type SnapshotTree = Pick<Descriptor, "payload_root_hash" | "root_xattrs" | "links">;

/** Takes note of what a snapshot needs. */
export interface ObjectLog {
  /** Content, and folders too. */
  note(id: ObjectId): void;
  /** Whether what the folder holds is to be visited: false where that was done already. */
  enter(id: ObjectId): boolean;
}

/**
 * Visits every object of the snapshot's tree, but for the chunks of large files. Only folders are read.
 *
 * @throws E_OBJECT_MISSING, E_OBJECT_DAMAGED when a folder cannot be read: then nobody knows what is needed
 */
export function walkSnapshot(store: ObjectStore, tree: SnapshotTree, log: ObjectLog): void {
  const { payload_root_hash, root_xattrs, links } = tree;
  if (root_xattrs !== undefined) log.note(checked(root_xattrs));
  if (links !== undefined) log.note(checked(links));
  const pending = [payload_root_hash];
  const visitor = {
    content: (id: ObjectId): void => log.note(checked(id)),
    folder: (id: ObjectId): void => void pending.push(checked(id)),
  };
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    log.note(id);
    if (id !== EMPTY && log.enter(id)) visitFolderObject(store.read(id), visitor);
  }
}

/** An empty folder may be stored, but need not be. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function checked(id: ObjectId): ObjectId {
  if (id.length === 64) return id;
  throw new JvsError(`Cannot read a folder's record: "${id}" is no object id`, {
    code: "E_OBJECT_DAMAGED",
    hint: "Run `jvs verify --all`",
  });
}
