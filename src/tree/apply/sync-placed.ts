import { closeFd, openForRead } from "../../fs/at.ts";
import { syncFileSystem } from "../../fs/file-io.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { syncFiles } from "../../fs/sync-files.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { splitPath } from "../split-path.ts";
import type { PlannedActions } from "./planned-actions.ts";

/** Above this many files one sync of the whole file system is cheaper than one each. */
const MOST_SINGLE_SYNCS = 64;

/** Makes the placed files durable, so that the intent may go. */
export async function syncPlaced(actions: PlannedActions, root: number): Promise<void> {
  const files = actions[Symbol.iterator]()
    .filter((action) => action.kind === "place" && action.entry.kind === "f")
    .take(MOST_SINGLE_SYNCS + 1)
    .toArray();
  if (files.length > MOST_SINGLE_SYNCS) return syncFileSystem(root, "" as RawPath);
  using cursor = new FolderCursor(root);
  const fds: number[] = [];
  try {
    for (const { path } of files) fds.push(...openIfThere(cursor, path));
    await syncFiles(fds);
  } finally {
    fds.forEach(closeFd);
  }
}

function openIfThere(cursor: FolderCursor, path: RawPath): number[] {
  try {
    const { folder, name } = splitPath(path);
    return [openForRead(cursor.open(folder), name)];
  } catch {
    // Moved, removed or made unreadable since: then its durability is no longer our business.
    return [];
  }
}
