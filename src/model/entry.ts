import type { RawPath } from "./raw-path.ts";

/** The SHA-256 of some bytes, in lower-case hex. */
export type ObjectId = string & { readonly brand: "ObjectId" };

/** `f` file, `d` folder, `l` symbolic link, `p` fifo. */
export type EntryKind = "f" | "d" | "l" | "p";

/** One name in a folder, as a tree keeps it (docs/format.md, "Tree"). */
export interface Entry {
  readonly name: RawPath;
  readonly kind: EntryKind;
  /** The 12 permission bits. */
  readonly mode: number;
  /** Bytes; for a folder the sum of everything below; for a link the length of its target. */
  readonly size: number;
  /** Nanoseconds since 1970 in decimal, or `-` for folders and links. */
  readonly mtime: string;
  /** The bytes of a file, the target of a link, the folder's own object; "" where a live folder's id is not known yet. */
  readonly content: ObjectId | "";
  /** The object with the extended attributes. */
  readonly xattrs?: ObjectId;
  readonly sparse?: boolean;
  /** Only where it differs from the owner of the workspace root. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Something in the workspace that a snapshot does not hold, or not faithfully. */
export interface Loss {
  readonly path: string;
  readonly kind: LossKind;
  readonly why: string;
  /** The bytes of the path in base64, where they are no UTF-8. */
  readonly path_base64?: string;
}

/**
 * `unstable`: the bytes are there, but it changed while it was read. `ignored`: left out by the
 * user's own rules; never in a descriptor.
 */
export type LossKind =
  | "socket"
  | "device"
  | "mount"
  | "subvolume"
  | "unreadable"
  | "unstable"
  | "xattr"
  | "ignored";
