import { indexPath } from "../repo/layout.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { moveIndexTokens } from "../tree/index-file.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND, type ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";

/** Microseconds, measured: to read and hash a small file, or to encode a folder, once more. */
const DO_AGAIN = 40;
const READ_BYTE = 0.001;
/** To do any of it: code is loaded for it that runs slowly the first times. */
const DO_ANY = 1000;
/** To write an index into a new file, and each row of it. */
const WRITE_INDEX = 1000;
const WRITE_ROW = 0.1;
/** What is not remembered is done again by each of the next commands. */
const NEXT_COMMANDS = 4;

/**
 * Writes the index anew, of a scan whose content is in the store by now. Where a watcher spared the
 * walk, only if that saves the next commands more than it costs this one: until then what was
 * touched stays touched.
 *
 * @param isNews whether the index lacks anything of it
 */
export function rememberScan(workspace: Workspace, scan: Scan, isNews: boolean): void {
  const { table, changed, unstored, foundDirty } = scan;
  const redone = changed.length + unstored.length + foundDirty;
  if (table.mappedFd === undefined) {
    if (isNews || table.token !== undefined) saveIndex(workspace, table);
  } else if (changed.length + foundDirty === 0) moveTokens(workspace, scan);
  else if (pays(table, DO_ANY + costOf(scan, redone))) saveIndex(workspace, table);
}

/**
 * The same for a scan that nothing is stored of, and whose folders may have no names yet. Small
 * changes are left to be found again: what an index that is as the last snapshot spares those who
 * compare with that (see compare-with-live.ts) is more than they cost.
 *
 * @param wasWorn whether the index is to be written anew in any case
 */
export function rememberLook(workspace: Workspace, scan: Scan, wasWorn: boolean): void {
  const { table, changed, foundDirty } = scan;
  const isMapped = table.mappedFd !== undefined;
  const isFirst = !isMapped && (table.token !== undefined || wasWorn);
  if (isMapped && changed.length + foundDirty === 0) moveTokens(workspace, scan);
  else if (isFirst || paysToWrite(scan, changed.length)) {
    sealTree(scan, HASH_ONLY.put, false);
    saveIndex(workspace, table);
  }
}

/** Whether the next commands save more by an index than it takes to write; `redone`: what they would do again. */
export function paysToWrite(scan: Scan, redone: number): boolean {
  return pays(scan.table, costOf(scan, redone));
}

/** The same for so many files that were written. */
export function paysToRemember(table: ScanTable, files: number): boolean {
  return pays(table, DO_ANY + files * DO_AGAIN);
}

/** What it takes to do so much again, in microseconds. */
function costOf({ table, changed }: Scan, redone: number): number {
  let bytes = 0;
  for (const row of changed) if (table.kind[row] === KIND.file) bytes += table.size[row] as number;
  return redone * DO_AGAIN + bytes * READ_BYTE;
}

function pays(table: ScanTable, cost: number): boolean {
  return cost * NEXT_COMMANDS >= WRITE_INDEX + table.count * WRITE_ROW;
}

/** Then what was touched before may be forgotten. */
function moveTokens({ repo, worktree }: Workspace, { table }: Scan): void {
  if (table.token === undefined && table.frozen === undefined) return;
  try {
    moveIndexTokens(indexPath(repo.layout, worktree.name), table);
  } catch {
    // The index is a cache: without it everything is looked at the next time.
  }
}
