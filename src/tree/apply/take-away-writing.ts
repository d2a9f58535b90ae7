import { setMode } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import type { Entry } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { splitPath } from "../split-path.ts";
import type { FolderView } from "../tree-source.ts";
import { walkTree } from "../walk-tree.ts";

/** What is left of a mode when nobody may write. */
export const NOT_WRITABLE = 0o7555;
const CAN_ENTER = 0o500;

/**
 * Takes the right to write from all files and folders below the open folder `root`, which holds
 * `tree`. The folder itself stays as it is.
 *
 * @throws SystemError
 */
export function takeAwayWriting(root: number, tree: FolderView): void {
  using cursor = new FolderCursor(root);
  const set = (path: RawPath, mode: number): void => {
    const { folder, name } = splitPath(path);
    setMode(cursor.open(folder), name, mode);
  };
  const folders: [RawPath, Entry][] = [];
  for (const [path, entry] of walkTree(tree)) {
    if (entry.kind === "f") set(path, entry.mode & NOT_WRITABLE);
    if (entry.kind !== "d") continue;
    folders.push([path, entry]);
    // Its owner may be kept out of it, too; what is in it would be left as it is.
    if ((entry.mode & CAN_ENTER) !== CAN_ENTER) set(path, 0o700);
  }
  for (const [path, { mode }] of folders.reverse()) set(path, mode & NOT_WRITABLE);
}
