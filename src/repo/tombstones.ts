import { closeFd } from "../fs/at.ts";
import { fsyncSync } from "../fs/files.ts";
import { writeAll, writeAtomic } from "../fs/write-atomic.ts";
import type { ObjectId } from "../model/entry.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { openControlFileToAppend, readTextIfAny } from "./control-file.ts";
import { withFolderOf } from "./folders.ts";
import { hashRecord } from "./hash-record.ts";
import { parseJsonObject } from "./json-object.ts";
import { tombstonesPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** What is left of a snapshot that was removed: enough for the history to lead past it. */
export interface Tombstone {
  readonly snapshot_id: SnapshotId;
  readonly parent_id?: SnapshotId;
  readonly worktree_name: string;
  readonly removed_at: string;
  /** The plan of gc, or `limits`. */
  readonly by: string;
  readonly reason: string;
  /** Where its tree began, as in its descriptor: what it alone held is let go without waiting. */
  readonly payload_root_hash?: ObjectId;
  readonly root_xattrs?: ObjectId;
  readonly links?: ObjectId;
}

/** Who removed a snapshot, and why. */
export type Removal = Pick<Tombstone, "removed_at" | "by" | "reason">;

/** What is left of the snapshot. */
export function makeTombstone(descriptor: Descriptor, removal: Removal): Tombstone {
  const { snapshot_id, parent_id, worktree_name, payload_root_hash } = descriptor;
  const { root_xattrs, links } = descriptor;
  return {
    snapshot_id,
    ...(parent_id === undefined ? {} : { parent_id }),
    worktree_name,
    ...removal,
    payload_root_hash,
    ...(root_xattrs === undefined ? {} : { root_xattrs }),
    ...(links === undefined ? {} : { links }),
  };
}

/** Adds tombstones, in one write; durable when this returns. Call it before the snapshots are removed. */
export function addTombstones({ layout }: Repo, tombstones: readonly Tombstone[]): void {
  if (tombstones.length === 0) return;
  const path = tombstonesPath(layout);
  const fd = withFolderOf(path, () => openControlFileToAppend(path));
  try {
    // What a crash left half written is ended first.
    const text = tombstones.map((tombstone) => `\n${formatLine(tombstone)}`).join("");
    writeAll(fd, Buffer.from(`${text}\n`), path);
    fsyncSync(fd);
  } finally {
    closeFd(fd);
  }
}

/** With a checksum, as control files have one. */
function formatLine(tombstone: Tombstone): string {
  const record_checksum = hashRecord(tombstone, ["record_checksum"]);
  return JSON.stringify({ ...tombstone, record_checksum });
}

/** Every tombstone by the id of its snapshot. Lines that make no sense are passed over. */
export function readTombstones({ layout }: Repo): Map<SnapshotId, Tombstone> {
  const found = new Map<SnapshotId, Tombstone>();
  for (const line of (readTextIfAny(tombstonesPath(layout)) ?? "").split("\n")) {
    const record = line === "" ? undefined : parseJsonObject(line);
    if (typeof record?.snapshot_id !== "string") continue;
    found.set(record.snapshot_id as SnapshotId, record as unknown as Tombstone);
  }
  return found;
}

/**
 * Takes out lines that are no JSON: halves that a crash left, which say nothing. The caller keeps
 * away whoever adds tombstones. Durable when this returns.
 *
 * @returns how many went
 */
export function dropTornTombstones({ layout }: Repo): number {
  const path = tombstonesPath(layout);
  const lines = (readTextIfAny(path) ?? "").split("\n").filter((line) => line !== "");
  const whole = lines.filter((line) => parseJsonObject(line) !== undefined);
  if (whole.length === lines.length) return 0;
  writeAtomic(path, whole.map((line) => `${line}\n`).join(""), { sync: true });
  return lines.length - whole.length;
}
