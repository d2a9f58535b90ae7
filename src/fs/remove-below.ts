import type { RawPath } from "../model/raw-path.ts";
import { closeFd, openFolder, removeFile, removeFolder, setMode, statAt } from "./at.ts";
import { FolderCursor } from "./folder-cursor.ts";
import { S_IFDIR, S_IFMT, StatBuffer } from "./stat-buffer.ts";
import { walkFolder } from "./walk-folder.ts";

/**
 * Removes what is at the paths below the open folder `root`, folders with all that is in them. What
 * is gone already is no error. No link is followed.
 *
 * @throws SystemError
 */
export function removeBelow(root: number, paths: readonly RawPath[]): void {
  using cursor = new FolderCursor(root);
  const stat = new StatBuffer();
  for (const path of paths) {
    const cut = path.lastIndexOf("/");
    const at = cursor.open(path.slice(0, Math.max(cut, 0)) as RawPath);
    const name = path.slice(cut + 1) as RawPath;
    if (!statAt(at, name, stat)) continue;
    if ((stat.mode & S_IFMT) === S_IFDIR) removeWhole(at, name);
    else removeFile(at, name);
  }
}

function removeWhole(at: number, name: RawPath): void {
  setMode(at, name, 0o700);
  const root = openFolder(at, name);
  try {
    empty(root);
  } finally {
    closeFd(root);
  }
  removeFolder(at, name);
}

/** Removes everything below the open folder. */
function empty(root: number): void {
  const folders: { folder: RawPath; name: RawPath }[] = [];
  for (const found of walkFolder(root)) {
    if ((found.stat.mode & S_IFMT) !== S_IFDIR) {
      removeFile(found.at, found.name);
      continue;
    }
    setMode(found.at, found.name, 0o700);
    folders.push({ folder: found.folder, name: found.name });
  }
  using cursor = new FolderCursor(root);
  for (const { folder, name } of folders.reverse()) removeFolder(cursor.open(folder), name);
}
