import type { HeldFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";

/** Content that lies in files beside the store, such as the folders of snapshots. */
export interface OtherContent {
  /** Files that are said to hold the content, best first. None of them was checked. */
  find(id: ObjectId): Iterable<OtherFile>;
  /** What was known of the files may be out of date. */
  forget(): void;
}

export interface OtherFile {
  /** Bytes. */
  readonly size: number;
  /** In words. */
  readonly path: string;
  /** What is in it, each piece in memory of its own. Throws the system's error. */
  pieces(): Iterable<Uint8Array>;
  /** Throws the system's error. */
  open(): HeldFile;
}
