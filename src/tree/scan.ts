import { FolderCursor } from "../fs/folder-cursor.ts";
import { readSmall } from "../fs/read-small.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { isTaggedAsCache } from "./cache-tag.ts";
import { compareRows } from "./compare-rows.ts";
import { IGNORE_FILE, type IgnoreRules, parseIgnoreRules } from "./ignore-rules.ts";
import { FolderScanner } from "./scan-folder.ts";
import { type PendingFolder, Scan, type ScanOptions } from "./scan-result.ts";
import { ScanTable } from "./scan-table.ts";

const ROWS_BETWEEN_BREATHS = 4096;
/** After so many rows, those of the index are let go of. */
const ROWS_KEPT = 65_536;

/**
 * Walks the workspace against the index: what the kernel's times prove unchanged is not read.
 * Names come and go meanwhile; what is gone is left out, what is unreadable becomes a loss.
 *
 * @throws SystemError when the root itself cannot be listed; E_INTERRUPTED
 */
export async function scanWorkspace(options: ScanOptions): Promise<Scan> {
  using cursor = new FolderCursor(options.root);
  const { index, copyOf } = options;
  // Of a copy the index tells other inodes and times.
  const marks =
    index && !copyOf ? (options.marks ?? (await compareRows(index, options))) : undefined;
  const rows = index?.count ?? 0;
  // Also for what is kept aside when the table is brought up to date: what is not touched costs nothing.
  const table = ScanTable.withRoom(rows + (rows >> 4) + 256, (index?.namesUsed ?? 0) + 4096);
  const scan = new Scan(table);
  const scanner = new FolderScanner(scan, options, marks);
  scanner.forgetIndex();
  await walkFolders(scanner, [scanner.addRoot()], { cursor, progress: options.progress });
  return scan;
}

/** Goes through `pending` folders and all below them. */
export async function walkFolders(
  scanner: FolderScanner,
  pending: PendingFolder[],
  { cursor, progress }: { cursor: FolderCursor; progress: Progress },
): Promise<void> {
  let seen = 0;
  let breathed = 0;
  let forgot = 0;
  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    const fd = scanner.openFolder(cursor, folder);
    if (fd === undefined) continue;
    const names = scanner.list(fd, folder);
    const rules = names.hasIgnoreFile ? await readRules(fd, folder) : folder.rules;
    const isCache = names.hasCacheTag && isTaggedAsCache(fd);
    pending.push(...scanner.examine({ ...folder, fd, rules, isCache }, names));
    seen += scanner.sizeOf(folder.row);
    if (seen - breathed < ROWS_BETWEEN_BREATHS) continue;
    breathed = seen;
    progress.report({ phase: "scanning", done: seen });
    await progress.breathe();
    if (seen - forgot < ROWS_KEPT) continue;
    forgot = seen;
    scanner.forgetIndex();
  }
}

/** The rules that hold inside `folder`, whose own rule file is read. An unreadable one is no rule file. */
export async function readRules(
  fd: number,
  folder: Pick<PendingFolder, "path" | "rules">,
): Promise<IgnoreRules | undefined> {
  const text = readSmall(fd, IGNORE_FILE as RawPath);
  if (text === undefined) return folder.rules;
  return folder.rules?.within(folder.path, text) ?? parseIgnoreRules(folder.path, text);
}
