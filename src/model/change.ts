/**
 * What differs between two states, in the words that commands print and `--json` shows.
 * Paths are text (see toText in raw-path.ts); lists are sorted by path bytes.
 */

/** `metadata`: same bytes; mode, owner, attributes or time differ. */
export type ChangeType = "added" | "removed" | "modified" | "renamed" | "metadata";

export type PathKind = "file" | "directory" | "symlink" | "fifo";

export interface Change {
  readonly path: string;
  readonly type: ChangeType;
  readonly kind: PathKind;
  /** For `renamed`: the former path. */
  readonly old_path?: string;
  /** The kind it had, where a folder became a file and the like. */
  readonly old_kind?: PathKind;
  /** Permission bits, octal such as "0644". */
  readonly mode?: string;
  readonly old_mode?: string;
  readonly size?: number;
  readonly old_size?: number;
  readonly old_hash?: string;
  readonly new_hash?: string;
  /** For `metadata`: what differs. */
  readonly differs?: readonly ("mode" | "mtime" | "owner" | "xattrs" | "sparse" | "links")[];
  /** The path's bytes in base64, where they are no UTF-8. */
  readonly path_base64?: string;
  /** The same for `old_path`. */
  readonly old_path_base64?: string;
}

export interface ChangeCounts {
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
  readonly renamed: number;
  readonly metadata: number;
}

/** Changes in their order; there may be a million, so each may be made when it is asked for. */
export interface ChangeList extends Iterable<Change> {
  readonly length: number;
  /** Those of one type, where that is quicker than to look at all. */
  ofType?(type: ChangeType): Iterable<Change>;
}

/** Those of one type, in their order. */
export function* changesOfType(changes: ChangeList, type: ChangeType): Generator<Change> {
  if (changes.ofType !== undefined) yield* changes.ofType(type);
  else for (const change of changes) if (change.type === type) yield change;
}
