import type { ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";

/** A file that the folder of a snapshot must hold. */
export interface SlotEntry {
  readonly path: RawPath;
  readonly content: ObjectId;
  /** Bytes. */
  readonly size: number;
}

/** What several threads share when they go over the folder of a snapshot. */
export interface SlotAudit {
  readonly slot: string;
  readonly entries: readonly SlotEntry[];
  /** Memory of a RowQueue, over the numbers of the entries. */
  readonly queue: SharedArrayBuffer;
  /** Look whether each file is there and as long as it should be; do not read it. */
  readonly quick: boolean;
}
