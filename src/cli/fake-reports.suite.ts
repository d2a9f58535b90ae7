import type { Change, ChangeCounts } from "../model/change.ts";
import type { ObjectId } from "../model/entry.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";

export const FIRST = "1767322985000-11111111" as SnapshotId;
export const SECOND = "1767323045000-22222222" as SnapshotId;

/** A snapshot with everything that any has. */
export function makeDescriptor(changes: Partial<Descriptor> = {}): Descriptor {
  return {
    format: 2,
    snapshot_id: FIRST,
    worktree_name: "main",
    created_at: "2026-01-02T03:03:05.000Z",
    kind: "manual",
    engine: "objects",
    payload_root_hash: "ab12" as ObjectId,
    root_mode: "0755",
    entries: 1200,
    bytes: 34_500_000,
    stored_bytes: 1_230_000,
    losses: [],
    audit_head: "",
    integrity_state: "verified",
    descriptor_checksum: "cd34",
    ...changes,
  };
}

/** One change of each kind. */
export const CHANGES: readonly Change[] = [
  { path: "b/new.txt", type: "added", kind: "file", mode: "0644", size: 1200 },
  { path: "empty", type: "added", kind: "directory", mode: "0755" },
  { path: "gone", type: "removed", kind: "symlink", old_hash: "aa", old_mode: "0777" },
  { path: "a.txt", type: "modified", kind: "file", mode: "0644", size: 1400, old_size: 1200 },
  { path: "same-size", type: "modified", kind: "file", mode: "0644", size: 5, old_size: 5 },
  { path: "spot", type: "modified", kind: "file", old_kind: "directory", mode: "0644" },
  { path: "to", type: "renamed", kind: "file", old_path: "from", old_hash: "a", new_hash: "a" },
  { path: "x2", type: "renamed", kind: "file", old_path: "x1", old_hash: "a", new_hash: "b" },
  {
    path: "run.sh",
    type: "metadata",
    kind: "file",
    mode: "4755",
    old_mode: "0644",
    differs: ["mode", "owner"],
  },
  { path: "touched", type: "metadata", kind: "file", mode: "0644", differs: ["mtime"] },
];

export const COUNTS: ChangeCounts = { added: 2, removed: 1, modified: 3, renamed: 2, metadata: 2 };

export const NO_COUNTS: ChangeCounts = {
  added: 0,
  removed: 0,
  modified: 0,
  renamed: 0,
  metadata: 0,
};
