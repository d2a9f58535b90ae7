import { FolderCursor } from "../fs/folder-cursor.ts";
import { walkFolders } from "./scan.ts";
import { FolderScanner } from "./scan-folder.ts";
import { Scan, type ScanOptions } from "./scan-result.ts";
import type { ScanTable } from "./scan-table.ts";
import { planTouches, type Touched } from "./touched.ts";
import { TouchedFolders, type Visit } from "./touched-folders.ts";

export interface TouchedScanOptions extends Omit<ScanOptions, "index"> {
  /** The index, which becomes the table of the scan; see mapIndex. */
  readonly index: ScanTable;
  readonly touched: Touched;
}

/** With more than this part of the rows dead, a full scan makes a table without them. */
const MOST_DEAD = 4;
const VISITS_BETWEEN_BREATHS = 256;

/**
 * Scans what was touched since the index was written, with the result of a full scan. Costs what was
 * touched, and of the index the pages that it changes.
 *
 * @returns undefined where only a full scan can tell: ignore rules changed, something is mounted in
 *   the workspace, too much was touched. Then the index must be loaded anew.
 * @throws SystemError when the root itself cannot be listed; E_INTERRUPTED
 */
export async function scanTouched(options: TouchedScanOptions): Promise<Scan | undefined> {
  const { index: table, touched } = options;
  if (table.count === 0 || table.totals.dead * MOST_DEAD > table.count) return undefined;
  const scan = new Scan(table);
  const scanner = new FolderScanner(scan, options);
  const folders = new TouchedFolders(scan, scanner);
  const first = folders.openRoot(options.root, planTouches(table, touched));
  await visitAll(first, { scanner, folders, options });
  const isMounted = scan.losses.some(({ kind }) => kind === "mount");
  if (folders.isInDoubt || isMounted) return undefined;
  folders.finish();
  return scan;
}

interface Tools {
  readonly scanner: FolderScanner;
  readonly folders: TouchedFolders;
  readonly options: TouchedScanOptions;
}

async function visitAll(first: Visit, tools: Tools): Promise<void> {
  const { root, progress } = tools.options;
  using cursor = new FolderCursor(root);
  const pending = [first];
  let visits = 0;
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    if (tools.folders.isInDoubt) return;
    if (++visits % VISITS_BETWEEN_BREATHS === 0) await progress.breathe();
    pending.push(...(await visitOne(visit, cursor, tools)));
  }
}

/** Returns the folders that are to be looked into next. */
async function visitOne(
  visit: Visit,
  cursor: FolderCursor,
  { scanner, folders, options: { progress } }: Tools,
): Promise<Visit[]> {
  const { folder, isWhole } = visit;
  if (isWhole) {
    await walkFolders(scanner, [folder], { cursor, progress });
    return [];
  }
  const fd = scanner.openFolder(cursor, folder);
  if (fd !== undefined) return await folders.visit(fd, visit);
  folders.retire(folder.row);
  return [];
}
