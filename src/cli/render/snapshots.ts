import { type Descriptor, type SnapshotId, shortId } from "../../model/snapshot.ts";
import { onOneLine } from "../terminal.ts";

/** The keys that users of jvs know, in the order they know them. Ours follow. */
const KNOWN_KEYS: readonly (keyof Descriptor)[] = [
  "snapshot_id",
  "parent_id",
  "worktree_name",
  "created_at",
  "note",
  "tags",
  "engine",
  "payload_root_hash",
  "descriptor_checksum",
  "integrity_state",
  "partial_paths",
  "compression",
];

/** The snapshot as `--json` prints it. Of the known keys, those without content are left out. */
export function toSnapshotObject(descriptor: Descriptor): Record<string, unknown> {
  const known = KNOWN_KEYS.map((key) => [key, descriptor[key]] as const);
  const ours = Object.entries(descriptor).filter(
    ([key]) => !(KNOWN_KEYS as readonly string[]).includes(key),
  );
  return Object.fromEntries([...known.filter(([, value]) => !isEmpty(value)), ...ours]);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** `1a2b3c4d "before the rewrite"`. */
export function nameSnapshot(snapshot: {
  readonly snapshot_id: SnapshotId;
  readonly note?: string;
}): string {
  const note = noteLine(snapshot.note);
  return `${shortId(snapshot.snapshot_id)}${note === "" ? "" : ` "${note}"`}`;
}

/** The note, as far as it fits on a line of a list. */
export function noteLine(note = ""): string {
  const [first = "", ...others] = note.trim().split(/\r?\n/);
  return onOneLine(others.length > 0 ? `${first.trimEnd()} ...` : first);
}
