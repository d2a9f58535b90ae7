import { closeFd } from "../fs/at.ts";
import { openSync, removeIfAny } from "../fs/files.ts";
import { O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } from "../fs/open-flags.ts";
import { removeByHand } from "../fs/remove-tree.ts";
import { writeAll, writeAtomic } from "../fs/write-atomic.ts";
import { systemCodeOf } from "../model/errors.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { readTextIfAny } from "./control-file.ts";
import { withFolderOf } from "./folders.ts";
import { autoDroppedPath, autoListPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** An automatic snapshot: what limits ask about. Its age is in its id. */
export interface AutoSnapshot {
  readonly id: SnapshotId;
  readonly storedBytes: number;
}

/**
 * The automatic snapshots, oldest first, as far as the list knows; undefined when there is no list.
 * A cache: some may be gone by now.
 */
export function readAutoList({ layout }: Repo): AutoSnapshot[] | undefined {
  const text = readTextIfAny(autoListPath(layout));
  // An empty one is what a power cut may leave: the newest snapshot is always in it.
  if (text === undefined || text === "") return undefined;
  const found = new Map<SnapshotId, AutoSnapshot>();
  for (const line of text.split("\n")) {
    const [id = "", bytes = ""] = line.split(" ");
    if (isSnapshotId(id) && /^\d+$/.test(bytes)) found.set(id, { id, storedBytes: Number(bytes) });
  }
  return [...found.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/**
 * Adds a snapshot to the list, if there is one: who makes the list finds it anyhow. That the disk is
 * full is no reason to fail: then there is no list.
 */
export function noteAutoSnapshot({ layout }: Repo, snapshot: AutoSnapshot): void {
  const path = autoListPath(layout);
  try {
    const fd = openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
    try {
      writeAll(fd, Buffer.from(formatLine(snapshot)), path);
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") removeByHand(path);
  }
}

/** Writes the list anew, all of it or nothing. When that fails there is none, and the next one to ask makes it. */
export function writeAutoList({ layout }: Repo, snapshots: readonly AutoSnapshot[]): void {
  const path = autoListPath(layout);
  try {
    const text = snapshots.map(formatLine).join("");
    withFolderOf(path, () => writeAtomic(path, text, { sync: false, soleWriter: true }));
  } catch (error) {
    removeIfAny(path);
    throw error;
  }
}

function formatLine({ id, storedBytes }: AutoSnapshot): string {
  return `${id} ${storedBytes}\n`;
}

/** Bytes that dropped snapshots had stored since the store was swept last. A cache: when it is lost, the next sweep comes later. */
export function readDroppedBytes({ layout }: Repo): number {
  const text = readTextIfAny(autoDroppedPath(layout)) ?? "";
  return /^\d{1,15}\n$/.test(text) ? Number(text) : 0;
}

/** Remembers that number; 0 after a sweep. */
export function writeDroppedBytes({ layout }: Repo, bytes: number): void {
  const path = autoDroppedPath(layout);
  if (bytes === 0) removeIfAny(path);
  else withFolderOf(path, () => writeAtomic(path, `${bytes}\n`, { sync: false, soleWriter: true }));
}
