import type { ObjectId } from "./entry.ts";
import type { SnapshotId } from "./snapshot.ts";

/** Something that a snapshot needs and that is not as it was written. */
export interface VerifiedDamage {
  /** From the root of the workspace; "." for that folder itself. */
  readonly path: string;
  readonly path_base64?: string;
  /** `content` of a file or link, `folder` (with all that is in it), `attributes`, `links`: which paths are one file. */
  readonly part: "content" | "folder" | "attributes" | "links";
  readonly object: ObjectId;
  readonly why: string;
  /** Relative to the folder that holds `.jvs`; null when it is nowhere. */
  readonly file: string | null;
  /** It can be read all the same, so far. */
  readonly readable: boolean;
}

/** What was found about one snapshot. */
export interface SnapshotVerdict {
  readonly snapshot_id: SnapshotId;
  readonly checksum_valid: boolean;
  /** False also when the content was not read (`quick`). */
  readonly payload_hash_valid: boolean;
  readonly tamper_detected: boolean;
  readonly severity?: "critical" | "error";
  readonly error?: string;
  /** The content was not read. */
  readonly quick?: true;
  readonly damage?: readonly VerifiedDamage[];
}

/** Damage that no snapshot is known to need, or that concerns a file as a whole. */
export interface OtherDamage {
  readonly file: string;
  readonly object: ObjectId | null;
  readonly why: string;
}

export interface VerifyReport {
  /** Newest first. With a ref there is one. */
  readonly verdicts: readonly SnapshotVerdict[];
  readonly others: readonly OtherDamage[];
  /** Folders cannot be read: what is in `others` may be below them, and needed. */
  readonly needIsUnknown: boolean;
  readonly quick: boolean;
  readonly damaged: boolean;
  /** Everything that cannot be read, parts of large files too. */
  readonly lost: readonly ObjectId[];
  /** Objects hashed, and stored bytes read for that. */
  readonly objects: number;
  readonly bytes: number;
}
