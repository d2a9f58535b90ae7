import type { Loss, ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { ContentSink } from "./content-sink.ts";
import type { ScanTable } from "./scan-table.ts";

export interface ReadOptions {
  /** The open workspace folder. */
  readonly root: number;
  readonly sink: ContentSink;
  /** Whether `sink` keeps what it is given. */
  readonly stores: boolean;
  /** Keeps the targets of links and attributes, where `sink` does not keep them. */
  readonly records?: Pick<ContentSink, "put">;
  /** Whether attributes are read, too; yes unless it says no. */
  readonly withAttributes?: boolean;
  /** Keep a file that will not hold still, and list it as a loss, instead of failing. */
  readonly allowUnstable: boolean;
  /** Seconds since 1970; as in ScanOptions. */
  readonly trustBefore: number;
  /** Names what stands in for the content of files, which are looked at and not read. */
  readonly standIn?: (path: RawPath) => ObjectId;
  /** Whether nobody else is at work on these rows, and a large file may be hashed by a second thread. */
  readonly hasIdleCore?: boolean;
  /** How many rows there are, where it is known. */
  readonly total?: number;
  readonly progress: Progress;
}

/** Where reading writes down what it finds besides content: a Scan is one. */
export interface ReadLog {
  readonly table: ScanTable;
  readonly losses: Loss[];
  /** The row is not in the tree after all. */
  discount(row: number): void;
  markDirty(folder: number): void;
}
