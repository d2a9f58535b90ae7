import type { ObjectId } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import type { Progress } from "../model/progress.ts";
import type { PackWriter } from "../store/object-store.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { Captured, Frozen } from "./engine.ts";

export interface FrozenInput {
  readonly frozen: Frozen;
  /** The open folder of the snapshot, and what a scan of it found. */
  readonly root: number;
  readonly scan: Scan;
  readonly writer: PackWriter;
  readonly trustBefore: number;
  readonly progress: Progress;
}

/**
 * Names what is in the folder of a snapshot that was made before anybody looked. Folders, targets of
 * links and attributes go into the store; the content of files is in the folder and nowhere else.
 *
 * @throws E_INTERRUPTED, SystemError
 */
export async function captureFrozen(input: FrozenInput): Promise<Captured> {
  const { frozen, root, scan, writer, trustBefore, progress } = input;
  const rows = rowsToRead(scan);
  await readChanged(scan, rows, {
    root,
    sink: HASH_ONLY,
    stores: false,
    records: { put: (bytes): ObjectId => writer.put(bytes) },
    allowUnstable: true,
    trustBefore,
    progress,
    total: rows.length,
  });
  frozen.leaveOut(ignoredPaths(scan));
  failPoint("captured");
  const tree = sealTree(scan, (bytes) => writer.put(bytes), true);
  failPoint("sealed");
  const losses = [...scan.losses, ...frozen.losses];
  // Where there are other subvolumes inside, the workspace has what the folder has not.
  return { tree, losses, slotBytes: 0, isIndexExact: frozen.losses.length === 0 };
}

/** What is not known, and what is but not stored, unless it is in the folder itself. */
function rowsToRead({ table, changed, unstored }: Scan): readonly number[] {
  const records = unstored.filter((row) => table.kind[row] !== KIND.file || table.xattrs.has(row));
  if (records.length === 0) return changed;
  return [...changed, ...records].sort((one, other) => one - other);
}
