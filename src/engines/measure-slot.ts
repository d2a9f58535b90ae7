import { closeFd, openForRead, type Place, statAt, statFd } from "../fs/at.ts";
import { exclusiveBytes } from "../fs/exclusive-bytes.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { FreshNames } from "../fs/fresh-names.ts";
import { isElsewhere } from "../fs/mounts.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { splitPath } from "../tree/split-path.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import type { Slot } from "./slot-files.ts";

const BLOCK_BYTES = 512;

/** A file with names that were not met yet. */
interface Shared {
  missing: number;
  readonly bytes: number;
}

/**
 * Bytes that go from the disk with folders of snapshots, all of them together: of files that have no
 * name elsewhere, the blocks that no other file shares. Where the file system does not tell which
 * those are (JuiceFS, which counts each copy in full), all of them.
 *
 * @throws E_INTERRUPTED, SystemError
 */
export async function measureSlots(slots: readonly Slot[], progress: Progress): Promise<number> {
  const shared = new Map<string, Shared>();
  let bytes = 0;
  let done = 0;
  for (const slot of slots)
    for (const own of measureFiles(slot, shared)) {
      bytes += own;
      if (++done % 64 === 0) await progress.breathe();
    }
  return bytes;
}

function* measureFiles({ path, tree }: Slot, shared: Map<string, Shared>): Generator<number> {
  using root = openWorkspaceFolder(path);
  using cursor = new FolderCursor(root.fd);
  const measure = measureHere(root.fd);
  for (const [file, { kind }] of walkTree(tree)) {
    if (kind !== "f") continue;
    const { folder, name } = splitPath(file);
    try {
      yield ownBytes(measure({ at: cursor.open(folder), folder, name }), shared);
    } catch (error) {
      if (!/^(ENOENT|ENOTDIR|ELOOP|EACCES)$/.test(systemCodeOf(error))) throw error;
    }
  }
}

interface Measured {
  readonly stat: StatBuffer;
  /** Those that no other file shares; undefined where the file has gone. */
  readonly bytes: number | undefined;
}

/** How the files of an open folder, and below it, are measured. */
function measureHere(root: number): (file: Place & { folder: RawPath }) => Measured {
  const stat = new StatBuffer();
  if (!isElsewhere(root)) return ({ at, name }) => measureOpened(openForRead(at, name), stat);
  // Nobody there tells what is shared: no file has to be opened.
  const names = new FreshNames(root);
  let last: RawPath | undefined;
  return ({ at, folder, name }) => {
    if (folder !== last) names.leave();
    last = folder;
    names.beforeOpening(at, 0);
    const isThere = statAt(at, name, stat);
    return { stat, bytes: isThere ? stat.blocks * BLOCK_BYTES : undefined };
  };
}

function measureOpened(fd: number, stat: StatBuffer): Measured {
  try {
    statFd(fd, stat);
    return { stat, bytes: exclusiveBytes(fd) ?? stat.blocks * BLOCK_BYTES };
  } finally {
    closeFd(fd);
  }
}

/** What goes with this name: nothing as long as the file has others. */
function ownBytes({ stat, bytes }: Measured, shared: Map<string, Shared>): number {
  if (bytes === undefined) return 0;
  const inode = `${stat.inoHigh}:${stat.inoLow}`;
  const known = shared.get(inode) ?? { missing: stat.nlink, bytes };
  known.missing--;
  if (stat.nlink > 1) shared.set(inode, known);
  return known.missing === 0 ? known.bytes : 0;
}
