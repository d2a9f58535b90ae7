import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { statAt } from "./at.ts";
import { FolderCursor } from "./folder-cursor.ts";
import { FolderLister, NAME_OFFSET, recordLength } from "./list-folder.ts";
import { S_IFDIR, S_IFMT, StatBuffer } from "./stat-buffer.ts";

/** One name found in a walk; `at` and `stat` are good until the walk goes on. */
export interface Found {
  /** The open folder that holds it. */
  readonly at: number;
  /** From the folder the walk began in, which is "". */
  readonly folder: RawPath;
  readonly name: RawPath;
  /** From the folder the walk began in. */
  readonly path: RawPath;
  readonly stat: StatBuffer;
}

export interface WalkOptions {
  /** Called before a folder is gone into; it is left out when this says false. */
  readonly enter?: (found: Found) => boolean;
}

/**
 * Everything below the open folder `root`, never through a link; a folder stands before what is in
 * it, and may be changed (though not removed) before the walk goes on. Memory grows with the folders
 * of one way down, not with the tree.
 *
 * @throws SystemError
 */
export function* walkFolder(
  root: number,
  { enter = () => true }: WalkOptions = {},
): Generator<Found> {
  using cursor = new FolderCursor(root);
  const lister = new FolderLister();
  const stat = new StatBuffer();
  const waiting: RawPath[] = ["" as RawPath];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = listNames(lister, cursor.open(folder), folder);
    for (const name of names) {
      const at = cursor.open(folder);
      if (!statAt(at, name, stat)) continue;
      const found = { at, folder, name, path: joinRaw(folder, name), stat };
      const isFolder = (stat.mode & S_IFMT) === S_IFDIR;
      yield found;
      if (isFolder && enter(found)) waiting.push(found.path);
    }
  }
}

/** The names in an open folder but `.` and `..`, in the order of the kernel. */
export function listNames(lister: FolderLister, fd: number, path: RawPath): RawPath[] {
  const end = lister.readAll(fd, path);
  const bytes = Buffer.from(lister.bytes.buffer);
  const names: RawPath[] = [];
  for (let at = 0; at < end; at += recordLength(bytes, at)) {
    const start = at + NAME_OFFSET;
    const name = bytes.latin1Slice(start, bytes.indexOf(0, start)) as RawPath;
    if (name !== "." && name !== "..") names.push(name);
  }
  return names;
}
