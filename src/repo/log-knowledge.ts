import type { OperationRecord, RefMove } from "../model/operation.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { Layout } from "./layout.ts";
import { logLinesBackwards } from "./log-files.ts";
import { parseLogLine } from "./log-record.ts";
import type { Removal, Tombstone } from "./tombstones.ts";

/** What the operation log says there is: records that went away without it show. */
export class LogKnowledge {
  /** What each ref was moved to last. */
  readonly refs: Map<string, RefMove[1]> = new Map();
  /** The pin of a snapshot as JSON text, as it was written last; null where it was removed. */
  readonly pins: Map<SnapshotId, string | null> = new Map();
  /** Every snapshot that some operation took, or moved something to or from. */
  readonly snapshots: Set<SnapshotId> = new Set();
  /** The snapshots that gc removed: what is known of their tombstones. */
  readonly removed: Map<SnapshotId, Removal> = new Map();
  /** Where each snapshot was taken, and what came before it there. */
  readonly taken: Map<SnapshotId, Pick<Tombstone, "worktree_name" | "parent_id">> = new Map();

  /** Takes in a record; the newest comes first. */
  take(record: Partial<OperationRecord>): void {
    const { operation, target = "", refs = {} } = record;
    const moves = Object.entries(refs);
    // What was imported from an older jvs moves nothing, and may be about what was not imported.
    const isTaken = operation === "snapshot" && moves.length > 0;
    if (isTaken && isSnapshotId(target)) this.#takeSnapshot(target, moves);
    for (const [name, move] of moves) this.#takeMove(name, move, record);
  }

  #takeSnapshot(id: SnapshotId, moves: readonly [string, RefMove][]): void {
    this.snapshots.add(id);
    for (const [name, [before]] of moves) {
      const [, worktree_name] = /^(.*)\/head$/.exec(name) ?? [];
      if (worktree_name === undefined) continue;
      const hasParent = before !== null && isSnapshotId(before);
      this.taken.set(id, { worktree_name, ...(hasParent ? { parent_id: before } : {}) });
    }
  }

  #takeMove(name: string, [before, after]: RefMove, record: Partial<OperationRecord>): void {
    if (!this.refs.has(name)) this.refs.set(name, after);
    this.#name(before);
    this.#name(after);
    const [, kind, id = ""] = /(^gc|\/pin):(.*)$/.exec(name) ?? [];
    if (!isSnapshotId(id)) return;
    const { timestamp: removed_at = "", target: by = "", reason = "" } = record;
    if (kind === "gc") this.removed.set(id, { removed_at, by, reason });
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
