import { statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { FolderLister } from "../../fs/list-folder.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../../fs/stat-buffer.ts";
import type { Entry } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { otherFilesIn } from "../add-names.ts";
import { CACHE_TAG } from "../cache-tag.ts";
import { changedBefore } from "../changed-before.ts";
import { ChildNames } from "../child-names.ts";
import { IGNORE_FILE } from "../ignore-rules.ts";
import type { Scan } from "../scan-result.ts";
import { FLAG, KIND, NO_ROW, type ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";
import type { Action } from "./action.ts";
import type { PlacedFiles } from "./placed-files.ts";
import type { PlannedActions } from "./planned-actions.ts";
import { noteWritten } from "./written-table.ts";

/** What was noted, and what is left. */
export interface NotedFiles {
  /** Still to be looked at: what else was done, and the folders of all. */
  readonly paths: ReadonlySet<RawPath>;
  /** Marks the folders of what was noted, of which no scan can find that they changed. */
  markDirty(scan: Scan): void;
}

export interface NoteOptions {
  /** The open workspace. */
  readonly root: number;
  /** As in ScanOptions. */
  readonly trustBefore: number;
  readonly placed: PlacedFiles;
}

/**
 * Notes in the table of a scan which files were replaced, under their names, since: their rows are
 * then as after another scan. All others stay as they were; what is true of them, too, is found
 * by the scan that has to follow.
 *
 * @returns undefined where that scan has to look at everything: ignore rules came or went, or the
 *   file system lists the names of a folder in another order when files are replaced
 * @throws SystemError
 */
export function noteReplaced(
  table: ScanTable,
  actions: PlannedActions,
  options: NoteOptions,
): NotedFiles | undefined {
  using noter = new Noter(table, options);
  const paths = new Set<RawPath>();
  for (const action of actions) {
    const { folder, name } = splitPath(action.path);
    if (name === IGNORE_FILE || name === CACHE_TAG) return undefined;
    const isNoted = noter.note(action, { folder, name });
    if (noter.isShuffled) return undefined;
    if (!isNoted) paths.add(action.path);
    paths.add(folder);
  }
  return { paths, markDirty: (scan) => markDirty(scan, noter.folders) };
}

class Noter implements Disposable {
  /** The folders of what was noted. */
  readonly folders = new Set<RawPath>();
  /** Whether a folder lists its names in another order now. */
  isShuffled = false;
  private readonly table: ScanTable;
  private readonly options: NoteOptions;
  private readonly cursor: FolderCursor;
  private readonly stat = new StatBuffer();

  constructor(table: ScanTable, options: NoteOptions) {
    this.table = table;
    this.options = options;
    this.cursor = new FolderCursor(options.root);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  /** False where it is not certain what became of the path. */
  note(action: Action, { folder, name }: { folder: RawPath; name: RawPath }): boolean {
    if (!this.options.placed.isPlaced(action) || action.row === undefined) return false;
    const { table } = this;
    const { entry, row, linkTo } = action;
    const isPlain = entry.kind === "f" && linkTo === undefined && table.kind[row] === KIND.file;
    if (!isPlain || table.has(row, FLAG.linked) || !this.looksAt(folder, name)) return false;
    if (!this.isAsWritten(entry)) return false;
    if (this.folders.size === 0) this.probe(folder, table.parent[row] as number);
    this.folders.add(folder);
    table.forget(row);
    noteWritten(table, row, { entry, stat: this.stat });
    if (!changedBefore(table, row, this.options.trustBefore)) table.setFlag(row, FLAG.racy);
    return true;
  }

  private looksAt(folder: RawPath, name: RawPath): boolean {
    try {
      return statAt(this.cursor.open(folder), name, this.stat);
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      return false; // It has gone since, or was closed to us.
    }
  }

  private isAsWritten({ size, mtime }: Entry): boolean {
    const { stat } = this;
    if ((stat.mode & S_IFMT) !== S_IFREG || stat.nlink > 1 || stat.size !== size) return false;
    return BigInt(stat.mtimeSeconds) * 1_000_000_000n + BigInt(stat.mtimeNanos) === BigInt(mtime);
  }

  private probe(folder: RawPath, row: number): void {
    const lister = new FolderLister();
    const end = lister.readAll(this.cursor.open(folder), folder);
    this.isShuffled = otherFilesIn(this.table, lister.bytes, { end, folder: row }) === undefined;
  }
}

function markDirty(scan: Scan, folders: Iterable<RawPath>): void {
  for (const folder of folders) {
    const row = findFolder(scan.table, folder);
    if (row !== NO_ROW) scan.markDirty(row);
  }
}

function findFolder(table: ScanTable, path: RawPath): number {
  let row = 0;
  if (path === "") return row;
  for (const name of path.split("/") as RawPath[]) {
    row = new ChildNames(table, row).find(name);
    if (row === NO_ROW || !table.isFolder(row)) return NO_ROW;
  }
  return row;
}
