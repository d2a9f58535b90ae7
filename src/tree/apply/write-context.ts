import type { HeldFile } from "../../fs/opened-file.ts";
import type { ObjectId } from "../../model/entry.ts";
import type { Progress } from "../../model/progress.ts";
import type { LiveFiles } from "./live-files.ts";

/** Where the bytes of stored content come from; each piece was checked against its name. */
export interface ContentSource {
  read(id: ObjectId): Uint8Array;
  readPieces(id: ObjectId): Iterable<Uint8Array>;
  /** An open file that may hold just this, to share blocks with; unchecked. */
  openWhole(id: ObjectId): HeldFile | undefined;
}

/** Who owns what has no owner of its own: the owner of the workspace root. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What it takes to write entries. */
export interface WriteContext {
  readonly content: ContentSource;
  /** A workspace to share blocks with. */
  readonly live?: LiveFiles;
  readonly owner: Owner;
  /** Lets signals in between the pieces of a large file. */
  readonly progress: Progress;
}
