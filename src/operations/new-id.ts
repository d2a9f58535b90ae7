import { makeSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { Context } from "./context.ts";

/** A new id, as snapshots, plans and drafts have them: of this moment, and random. */
export function newId(ctx: Context): SnapshotId {
  return makeSnapshotId(ctx.now(), crypto.randomUUID().slice(0, 8));
}
