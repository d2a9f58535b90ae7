import type { Loss, ObjectId } from "./entry.ts";

/** 13-digit milliseconds, a dash, 8 random hex digits: sorts by age, unique by its random part. */
export type SnapshotId = string & { readonly brand: "SnapshotId" };

export type SnapshotKind = "manual" | "auto" | "safety" | "import";

/** The record of one snapshot, as it stands in `descriptors/<id>.json` and as `--json` prints it. */
export interface Descriptor {
  readonly format: 2;
  readonly snapshot_id: SnapshotId;
  readonly parent_id?: SnapshotId;
  readonly worktree_name: string;
  /** RFC 3339, UTC. */
  readonly created_at: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  readonly kind: SnapshotKind;
  readonly engine: string;
  /** The id of the root folder's object. */
  readonly payload_root_hash: ObjectId;
  /** Permission bits of the workspace folder itself, octal. */
  readonly root_mode: string;
  /** Extended attributes of the workspace folder itself. */
  readonly root_xattrs?: ObjectId;
  /** The object that lists the groups of paths that share an inode. */
  readonly links?: ObjectId;
  /** Files, folders, links and fifos below the root. */
  readonly entries: number;
  /** Sum of the file sizes. */
  readonly bytes: number;
  /** What this snapshot added to the store. */
  readonly stored_bytes: number;
  readonly losses: readonly Loss[];
  /** The only paths that were taken from the workspace; the rest of the tree is the parent's. */
  readonly partial_paths?: readonly string[];
  /** The same as bytes, where one of them is no UTF-8. */
  readonly partial_paths_base64?: readonly string[];
  /** Asked for by `--compress`. Says nothing about the content, which is the same in any case. */
  readonly compression?: Compression;
  /** `record_hash` of the newest operation at that time, "" for none. */
  readonly audit_head: string;
  readonly integrity_state: "verified" | "pending";
  readonly descriptor_checksum: string;
}

export interface Compression {
  readonly type: string;
  readonly level: number;
}

const ID = /^\d{13}-[0-9a-f]{8}$/;

/** Makes the id of a snapshot taken at `now`; `random` is 8 lower-case hex digits. */
export function makeSnapshotId(now: Date, random: string): SnapshotId {
  return `${now.getTime().toString().padStart(13, "0")}-${random}` as SnapshotId;
}

/** Whether `text` is a whole snapshot id. */
export function isSnapshotId(text: string): text is SnapshotId {
  return ID.test(text);
}

/** The random part, which lists show and people type. */
export function shortId(id: SnapshotId): string {
  return id.slice(14);
}
