import { indexPath } from "../repo/layout.ts";
import { moveIndexToken } from "../tree/index-file.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";

/** Microseconds, measured: to read and hash a small file once more; a byte of a large one. */
const READ_FILE = 40;
const READ_BYTE = 0.001;
/** To write an index into a new file, and each row of it. */
const WRITE_INDEX = 1000;
const WRITE_ROW = 0.1;
/** What is not remembered is read again by each of the next commands. */
const NEXT_COMMANDS = 4;

/**
 * Writes the index anew, where that saves the next commands more than it costs this one. Until then
 * what was touched stays touched. Without a watcher it is up to the caller: `isNews` says whether the
 * scan found anything that the index lacks.
 */
export function rememberScan(workspace: Workspace, scan: Scan, isNews: boolean): void {
  const { table } = scan;
  const isMapped = table.mappedFd !== undefined;
  if (!isMapped && (isNews || table.token !== undefined)) saveIndex(workspace, table);
  else if (isMapped && scan.isAsIndexed) moveToken(workspace, scan);
  else if (isMapped && isWorthwhile(scan)) saveIndex(workspace, table);
}

function isWorthwhile({ table, changed }: Scan): boolean {
  let cost = 0;
  for (const row of changed)
    cost +=
      READ_FILE + (table.kind[row] === KIND.file ? (table.size[row] as number) : 0) * READ_BYTE;
  return cost * NEXT_COMMANDS >= WRITE_INDEX + table.count * WRITE_ROW;
}

/** Then the watcher may forget what was touched before. */
function moveToken({ repo, worktree }: Workspace, { table }: Scan): void {
  if (table.token === undefined) return;
  try {
    moveIndexToken(indexPath(repo.layout, worktree.name), table, table.token);
  } catch {
    // The index is a cache: without it everything is looked at the next time.
  }
}
