import { FolderCursor } from "../fs/folder-cursor.ts";
import type { RawPath } from "../model/raw-path.ts";
import { CACHE_TAG } from "./cache-tag.ts";
import { IGNORE_FILE } from "./ignore-rules.ts";
import { walkFolders } from "./scan.ts";
import { FolderScanner } from "./scan-folder.ts";
import { Scan, type ScanOptions } from "./scan-result.ts";
import { KIND, type ScanTable } from "./scan-table.ts";
import { planPaths, planTouches, type Touched } from "./touched.ts";
import { rootVisit, TouchedFolders, type Visit } from "./touched-folders.ts";

export interface TouchedScanOptions extends Omit<ScanOptions, "index"> {
  /** The index, which becomes the table of the scan; see mapIndex. */
  readonly index: ScanTable;
  readonly touched: Touched;
}

/** Names of files that say what is left out. */
const RULES: ReadonlySet<string> = new Set([IGNORE_FILE, CACHE_TAG]);
const MOST_DEAD = 4;
/** In a small table dead rows cost nothing. */
const FEW_ROWS = 1024;
const VISITS_BETWEEN_BREATHS = 256;

/** Whether so many rows are dead that a full scan is due, which makes a table without them. */
export function isWorn({ count, totals }: ScanTable): boolean {
  return count === 0 || totals.dead * MOST_DEAD > count + FEW_ROWS;
}

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
  if (isWorn(table)) return undefined;
  const scan = new Scan(table);
  const scanner = new FolderScanner(scan, options);
  const folders = new TouchedFolders(scan, scanner);
  const tools = { scanner, folders, options };
  await visitAll(folders.openRoot(options.root, planTouches(table, touched)), tools);
  folders.finish();
  const others = otherNames(scan, folders.hidden.inodes);
  if (others.length > 0) {
    await visitAll(rootVisit(planPaths(others)), tools);
    folders.finish();
  }
  scan.foundDirty = scan.dirty.length;
  const isMounted = scan.losses.some(({ kind }) => kind === "mount");
  return folders.isInDoubt || isMounted || mayHaveOtherRules(scan) ? undefined : scan;
}

/**
 * Whether a file that changed may be one with rules, by another name: where those leave it out itself,
 * nobody looks at it by its own.
 */
function mayHaveOtherRules({ table, linked, changed }: Scan): boolean {
  if (linked.size === 0 || table.totals.ignored === 0) return false;
  const { inoLow, kind } = table;
  const inodes = new Set(changed.filter((row) => linked.has(row)).map((row) => inoLow[row]));
  if (inodes.size === 0) return false;
  for (let row = 0; row < table.count; row++)
    if (kind[row] === KIND.ignored && inodes.has(inoLow[row]) && RULES.has(table.nameOf(row)))
      return true;
  return false;
}

/**
 * Names of files that have got another name: a link to a file changes no more of it than how many
 * names it has, of which nobody tells where the file itself is.
 */
function otherNames({ table, linked }: Scan, hidden: Iterable<number>): RawPath[] {
  const before = new Set(table.unsettled);
  const { inoLow, kind } = table;
  const inodes = new Set(hidden);
  for (const row of linked.keys()) if (!before.has(row)) inodes.add(inoLow[row] as number);
  if (inodes.size === 0) return [];
  const paths: RawPath[] = [];
  for (let row = 0; row < table.count; row++)
    if (inodes.has(inoLow[row] as number) && kind[row] === KIND.file && !linked.has(row))
      paths.push(table.pathOf(row));
  return paths;
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
