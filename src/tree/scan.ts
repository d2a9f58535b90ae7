import { FolderCursor } from "../fs/folder-cursor.ts";
import { readSmall } from "../fs/read-small.ts";
import type { RawPath } from "../model/raw-path.ts";
import { IGNORE_FILE, type IgnoreRules, parseIgnoreRules } from "./ignore-rules.ts";
import { FolderScanner } from "./scan-folder.ts";
import type { PendingFolder, Scan, ScanOptions } from "./scan-result.ts";
import { FLAG, ScanTable } from "./scan-table.ts";

const ROWS_BETWEEN_BREATHS = 4096;

/**
 * Walks the workspace against the index: what the kernel's times prove unchanged is not read.
 * Names come and go meanwhile; what is gone is left out, what is unreadable becomes a loss.
 *
 * @throws SystemError when the root itself cannot be listed; E_INTERRUPTED
 */
export async function scanWorkspace(options: ScanOptions): Promise<Scan> {
  using cursor = new FolderCursor(options.root);
  const { index, progress } = options;
  const table = ScanTable.withRoom((index?.count ?? 0) + 256, (index?.namesUsed ?? 0) + 4096);
  const scan: Scan = {
    table,
    changed: [],
    unstored: [],
    losses: [],
    ignored: 0,
    linked: new Map(),
  };
  const scanner = new FolderScanner(scan, options);
  const pending: PendingFolder[] = [scanner.addRoot()];
  let breathed = 0;
  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    const fd = scanner.openFolder(cursor, folder);
    if (fd === undefined) continue;
    const special = scanner.list(fd, folder);
    const rules = special.ignoreFile ? await readRules(fd, folder) : folder.rules;
    pending.push(...scanner.examine(fd, { ...folder, rules, cacheTag: special.cacheTag }));
    if (table.count - breathed < ROWS_BETWEEN_BREATHS) continue;
    breathed = table.count;
    progress.report({ phase: "scanning", done: table.count });
    await progress.breathe();
  }
  spreadDirt(table);
  return scan;
}

/** The rules that hold inside `folder`, whose own rule file is read. An unreadable one is no rule file. */
async function readRules(fd: number, folder: PendingFolder): Promise<IgnoreRules | undefined> {
  const text = readSmall(fd, IGNORE_FILE as RawPath);
  if (text === undefined) return folder.rules;
  return folder.rules?.within(folder.path, text) ?? parseIgnoreRules(folder.path, text);
}

/** A folder must be encoded again when anything below it must. Children stand behind their folder. */
function spreadDirt(table: ScanTable): void {
  for (let row = table.count - 1; row > 0; row--)
    if (table.has(row, FLAG.dirty)) table.setFlag(table.parent[row] as number, FLAG.dirty);
}
