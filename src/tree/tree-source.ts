import type { Entry, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { childRows, entryOf } from "./encode-table.ts";
import { readFolder } from "./folder-object.ts";
import type { ScanTable } from "./scan-table.ts";

/** One folder of a tree that can be looked into, wherever the tree is. */
export interface FolderView {
  /** Equal ids, equal folders. Undefined while a live folder's id is not known. */
  readonly id: ObjectId | undefined;
  /** Sorted by name. */
  list(): readonly ViewedEntry[];
}

export interface ViewedEntry extends Entry {
  /** For folders. */
  readonly folder?: FolderView;
  /** Its row, for entries of the scanned workspace. */
  readonly row?: number;
}

/** The folder `id` of a stored tree. */
export function storedFolder(id: ObjectId, read: (id: ObjectId) => Uint8Array): FolderView {
  return {
    id,
    list: () =>
      readFolder(id, read).map((entry) =>
        entry.kind === "d"
          ? { ...entry, folder: storedFolder(entry.content as ObjectId, read) }
          : entry,
      ),
  };
}

/** A folder of the scanned workspace. */
export function liveFolder(table: ScanTable, row = 0): FolderView {
  const { content } = entryOf(table, row);
  return {
    id: content === "" ? undefined : content,
    list: () =>
      childRows(table, row).map((child) => {
        const entry = { ...entryOf(table, child), row: child };
        return entry.kind === "d" ? { ...entry, folder: liveFolder(table, child) } : entry;
      }),
  };
}

/** A folder with nothing in it. */
export const EMPTY_FOLDER: FolderView = { id: undefined, list: () => [] };

/** The entry at `path`, or undefined; "" has none (the root is no entry). */
export function findEntry(root: FolderView, path: RawPath): ViewedEntry | undefined {
  let folder: FolderView | undefined = root;
  let found: ViewedEntry | undefined;
  for (const name of path.split("/")) {
    found = folder?.list().find((entry) => entry.name === name);
    folder = found?.folder;
    if (found === undefined) return undefined;
  }
  return found;
}
