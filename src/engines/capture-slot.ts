import { syncFileSystem } from "../fs/file-io.ts";
import type { Loss, ObjectId } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import { fromText } from "../model/raw-path.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { copyMetadata } from "../tree/copy-metadata.ts";
import { lossOf } from "../tree/loss-of.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadOptions } from "../tree/read-options.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import { sameState, sealTree } from "../tree/seal-tree.ts";
import { openWorkspaceFolder, scanFolder, type WorkspaceFolder } from "../tree/workspace-folder.ts";
import type { Captured, CaptureInput, SecondPack } from "./engine.ts";
import { readTogether } from "./read-together.ts";

/** How a folder with a copy of the workspace came to be. */
export interface FilledSlot {
  /** What it does not hold, besides what the scan has found. */
  readonly losses: readonly Loss[];
  /** Whether its modes, owners and attributes are those of the workspace. If not, the scan has them. */
  readonly hasMetadata: boolean;
  /** Bytes that had to be written for it. */
  readonly bytes: number;
  /** What is written meanwhile may lack its end in the copy: such files are losses. */
  readonly mayBeShort?: boolean;
  /** It needs no sync. */
  readonly isDurable?: boolean;
}

/**
 * Captures a workspace by a copy of the folder, which `fill` makes at `input.slot`. The snapshot is
 * what the copy holds: it is walked, and what is not known from the workspace's index is read there,
 * where it cannot change any more, or left for later where `input.standIn` says so. Folders, targets
 * of links and attributes go into the store.
 *
 * @throws what `fill` throws; E_INTERRUPTED, SystemError
 */
export async function captureSlot(
  input: CaptureInput,
  fill: (input: CaptureInput) => Promise<FilledSlot>,
): Promise<Captured> {
  const filled = await fill(input);
  failPoint("slot-filled");
  using slot = openWorkspaceFolder(input.slot);
  if (filled.isDurable !== true) syncFileSystem(slot.fd, fromText(input.slot));
  let second: SecondPack | undefined;
  const { objects, draft, level } = input;
  const compression = level === undefined ? {} : { level };
  const read: CopySource["read"] = async (scan, rows, options) => {
    second = await readTogether(scan, rows, { ...options, objects, draft, ...compression });
  };
  const copy = await readCopy({ ...input, read }, slot, filled);
  failPoint("captured");
  const tree = sealTree(copy, (bytes) => input.writer.put(bytes), true);
  failPoint("sealed");
  const losses = mergeLosses(input.scan.losses, [
    ...filled.losses,
    ...copy.losses,
    ...(filled.mayBeShort === true ? shortFiles(input.scan, copy) : []),
  ]);
  const rest = { tree, losses, slotBytes: filled.bytes, ...(second && { second }) };
  // What stands in for content must never be taken for it.
  if (input.standIn !== undefined) return { ...rest, isIndexExact: false };
  tellOriginal(input.scan, copy);
  const live = sealTree(input.scan, HASH_ONLY.put, true);
  // Where the workspace was edited meanwhile, its index would name what is not there.
  return { ...rest, isIndexExact: sameState(tree, live) };
}

/** What a copy was made of, and where the targets of links, and attributes, go. */
export interface CopySource extends Pick<CaptureInput, "scan" | "progress" | "standIn"> {
  readonly writer: Pick<CaptureInput["writer"], "put">;
  /** Reads what has no name yet, as {@link readChanged} does. */
  readonly read?: (scan: Scan, rows: readonly number[], options: ReadOptions) => Promise<void>;
}

/** The copy in the open folder as a scan, all of whose content has its name. */
export async function readCopy(
  { scan, writer, standIn, progress, read = readChanged }: CopySource,
  slot: WorkspaceFolder,
  { hasMetadata }: Pick<FilledSlot, "hasMetadata">,
): Promise<Scan> {
  const copy = await scanFolder(slot, {
    index: scan.table,
    trustBefore: Number.POSITIVE_INFINITY,
    progress,
    copyOf: { changed: new Set(scan.changed), linked: scan.linked, hasMetadata },
  });
  await read(copy, copy.changed, {
    root: slot.fd,
    sink: HASH_ONLY,
    stores: false,
    records: { put: (bytes): ObjectId => writer.put(bytes) },
    withAttributes: hasMetadata,
    ...(standIn === undefined ? {} : { standIn }),
    allowUnstable: true,
    trustBefore: Number.POSITIVE_INFINITY,
    progress,
    total: copy.changed.length,
  });
  if (!hasMetadata)
    for (const [row, from] of copy.origins)
      copyMetadata(copy.table, row, { old: scan.table, from });
  return copy;
}

/** Names the content in the workspace's own scan, where that has not been touched since. */
function tellOriginal({ table }: Scan, copy: Scan): void {
  for (const row of copy.changed) {
    const from = copy.origins.get(row);
    const isSame =
      from !== undefined &&
      table.kind[from] === copy.table.kind[row] &&
      (table.isFolder(from) ||
        (table.size[from] === copy.table.size[row] &&
          table.mtimeSeconds[from] === copy.table.mtimeSeconds[row] &&
          table.mtimeNanos[from] === copy.table.mtimeNanos[row]));
    if (!isSame) continue;
    table.xattrs.delete(from);
    table.copyContent(from, copy.table, row);
  }
}

/** The files that have less in the copy than they had when they were scanned. */
function shortFiles({ table }: Scan, copy: Scan): Loss[] {
  return copy.changed
    .filter((row) => {
      const from = copy.origins.get(row);
      if (from === undefined || copy.table.kind[row] !== KIND.file) return false;
      return (copy.table.size[row] as number) < (table.size[from] as number);
    })
    .map((row) =>
      lossOf(copy.table.pathOf(row), "unstable", "the copy lacks what was written to it last"),
    );
}

function mergeLosses(ours: readonly Loss[], more: readonly Loss[]): readonly Loss[] {
  const known = new Set(ours.map(({ path }) => path));
  return [...ours, ...more.filter(({ path }) => !known.has(path))];
}
