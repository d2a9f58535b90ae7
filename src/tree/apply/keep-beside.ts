import { type Place, renameToFree } from "../../fs/at.ts";
import type { FolderCursor } from "../../fs/folder-cursor.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { joinRaw, type RawPath } from "../../model/raw-path.ts";
import { splitPath } from "../split-path.ts";

/** The longest name that file systems take, in bytes. */
const LONGEST_NAME = 255;
const TRIES = 100;

/**
 * Keeps something unexpected under a name beside `path`: `<name>.jvs-conflict-<tag>`. Where its
 * folder has gone, in the nearest folder above that is still there. Returns where it is now.
 *
 * @throws SystemError when no folder up to the root takes it; then it is where it was
 */
export function keepBeside(
  from: Place,
  path: RawPath,
  to: { cursor: FolderCursor; tag: string },
): RawPath {
  const { name } = splitPath(path);
  for (let at = path; ; ) {
    at = splitPath(at).folder;
    try {
      return joinRaw(at, moveTo(from, to.cursor.open(at), { name, tag: to.tag }));
    } catch (error) {
      const isGone = /^(ENOENT|ENOTDIR|ELOOP|EACCES)$/.test(systemCodeOf(error));
      if (!isGone || at === "") throw error;
    }
  }
}

function moveTo(
  from: Place,
  folder: number,
  { name, tag }: { name: RawPath; tag: string },
): RawPath {
  for (let attempt = 1; ; attempt++) {
    const copy = conflictName(name, attempt === 1 ? tag : `${tag}-${attempt}`);
    try {
      renameToFree(from, { at: folder, name: copy });
      return copy;
    } catch (error) {
      if (systemCodeOf(error) !== "EEXIST" || attempt === TRIES) throw error;
    }
  }
}

function conflictName(name: RawPath, tag: string): RawPath {
  const ending = `.jvs-conflict-${tag}`;
  return `${name.slice(0, LONGEST_NAME - ending.length)}${ending}` as RawPath;
}
