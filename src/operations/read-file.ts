import type { ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import type { Context } from "./context.ts";
import { kindInWords } from "./describe-changes.ts";
import { findInSnapshot } from "./find-in-snapshot.ts";
import { withSealed } from "./seal/seal-pending.ts";

export interface FileContent {
  readonly snapshot_id: SnapshotId;
  readonly size: number;
  /** Checked against its name while it is read. */
  readonly pieces: Iterable<Uint8Array>;
}

/** The bytes of one file in a snapshot (of a link: its target). */
export function readFile(ctx: Context, place: { ref: string; path: string }): Promise<FileContent> {
  return withSealed(ctx, () => read(ctx, place));
}

async function read(
  ctx: Context,
  { ref, path }: { ref: string; path: string },
): Promise<FileContent> {
  const {
    descriptor,
    store,
    entry,
    path: at,
  } = findInSnapshot(ctx, { ref, path: path as RawPath });
  const kind = entry === undefined ? "directory" : kindInWords(entry.kind);
  if (entry === undefined || kind === "directory" || kind === "fifo")
    throw new JvsError(`Cannot print "${toText(at) || "."}": it is a ${kind}`, {
      code: "E_USAGE",
      hint: `\`jvs ls ${ref} ${toText(at)}\` shows what it is`,
      details: { path: toText(at) },
    });
  return {
    snapshot_id: descriptor.snapshot_id,
    size: entry.size,
    pieces: store.readPieces(entry.content as ObjectId),
  };
}
