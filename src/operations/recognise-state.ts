import { keepsFolders } from "../engines/engine-names.ts";
import type { Progress } from "../model/progress.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import { FLAG } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { holdsState } from "./tree-of.ts";

/** More than this is read only once, and stored while it is read. */
const MOST_ROWS = 512;
const MOST_BYTES = 8 << 20;

export interface RecogniseOptions {
  /** The open workspace. */
  readonly root: number;
  readonly known: readonly Descriptor[];
  readonly allowUnstable: boolean;
  readonly trustBefore: number;
  readonly progress: Progress;
}

/**
 * The known snapshot that the workspace is as, found out without writing anything: when little was
 * touched, it is named first and stored only if it is new. Undefined when it is new, or too much to
 * read twice; then the scan is as it was, ready to be stored.
 *
 * @throws E_FILE_CHANGING, E_INTERRUPTED, SystemError
 */
export async function recogniseState(
  scan: Scan,
  options: RecogniseOptions,
): Promise<Descriptor | undefined> {
  if (options.known.length === 0 || !isLittle(scan)) return undefined;
  const { changed, losses, table } = scan;
  const [lossesBefore, dirty] = [losses.length, [...scan.dirty]];
  await readChanged(scan, changed, { ...options, sink: HASH_ONLY, stores: false });
  dirty.push(...scan.dirty);
  const tree = sealTree(scan, HASH_ONLY.put, false);
  const found = options.known.find((descriptor) => holdsState(descriptor, tree));
  if (found !== undefined) {
    // All of it is in a snapshot, so all of it is in the store, or in that one's folder.
    if (keepsFolders(found.engine)) return found;
    for (const row of [...changed, ...scan.unstored, ...dirty]) table.setFlag(row, FLAG.stored);
    return found;
  }
  for (const folder of dirty) scan.markDirty(folder);
  changed.splice(0, changed.length, ...changed.filter((row) => table.isKept(row)));
  // What is still read again will be said again.
  losses.push(...losses.splice(lossesBefore).filter(({ kind }) => kind === "unreadable"));
  return undefined;
}

/** What has its name already is not read, however much of it is in no pack. */
function isLittle({ changed, table }: Scan): boolean {
  if (changed.length > MOST_ROWS) return false;
  const files = changed.filter((row) => !table.isFolder(row));
  return files.reduce((sum, row) => sum + (table.size[row] as number), 0) <= MOST_BYTES;
}
