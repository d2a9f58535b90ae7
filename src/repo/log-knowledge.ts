import type { OperationRecord, RefMove } from "../model/operation.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { Layout } from "./layout.ts";
import { logLinesBackwards } from "./log-files.ts";
import { parseLogLine } from "./log-record.ts";

/** What the operation log says there is: records that went away without it show. */
export class LogKnowledge {
  /** What each ref was moved to last. */
  readonly refs: Map<string, RefMove[1]> = new Map();
  /** The pin of a snapshot as JSON text, as it was written last; null where it was removed. */
  readonly pins: Map<SnapshotId, string | null> = new Map();
  /** Every snapshot that some operation took, or moved something to or from. */
  readonly snapshots: Set<SnapshotId> = new Set();
  /** The snapshots that gc removed. */
  readonly removed: Set<SnapshotId> = new Set();

  /** Takes in a record; the newest comes first. */
  take({ operation, target = "", refs = {} }: Partial<OperationRecord>): void {
    const moves = Object.entries(refs);
    // What was imported from an older jvs moves nothing, and may be about what was not imported.
    if (operation === "snapshot" && moves.length > 0) this.#name(target);
    for (const [name, move] of moves) this.#takeMove(name, move);
  }

  #takeMove(name: string, [before, after]: RefMove): void {
    if (!this.refs.has(name)) this.refs.set(name, after);
    this.#name(before);
    this.#name(after);
    const [, kind, id = ""] = /(^gc|\/pin):(.*)$/.exec(name) ?? [];
    if (!isSnapshotId(id)) return;
    if (kind === "gc") this.removed.add(id);
    else if (!this.pins.has(id)) this.pins.set(id, after);
  }

  #name(id: string | null): void {
    if (id !== null && isSnapshotId(id)) this.snapshots.add(id);
  }
}

/** Reads the whole log. Lines that make no sense are passed over: `jvs doctor` tells of them. */
export function readLogKnowledge(layout: Layout): LogKnowledge {
  const known = new LogKnowledge();
  for (const line of logLinesBackwards(layout)) known.take(parseLogLine(line) ?? {});
  return known;
}
