import { closeFd, openForRead, statFd } from "../../fs/at.ts";
import { cloneInto } from "../../fs/clone-into.ts";
import { rewind, setLength } from "../../fs/file-io.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import type { Entry } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { FLAG, KIND, type ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";

/** A workspace that holds much of what is to be written elsewhere. */
export interface LiveOrigin {
  /** The open workspace folder. */
  readonly root: number;
  /** What is known about it. */
  readonly table: ScanTable;
}

/**
 * Files of a workspace as a source of blocks to share: those whose content the stat index names, and
 * that are, once they are cloned, still as it says.
 */
export class LiveFiles implements Disposable {
  private readonly table: ScanTable;
  private readonly cursor: FolderCursor;
  private readonly stat = new StatBuffer();
  /** Rows of folders by path, as far as they were looked up. */
  private readonly folders: Map<RawPath, number> = new Map([["" as RawPath, 0]]);
  private rows: ReadonlyMap<RawPath, number> = new Map();
  private folder = -1;
  /** Whether the file system shares blocks, as far as it is known. */
  private isShared = true;

  constructor({ root, table }: LiveOrigin) {
    this.table = table;
    this.cursor = new FolderCursor(root);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  /** From here on files come from the folder at `path`. */
  enter(path: RawPath): void {
    this.rows = new Map();
    this.folder = -1;
    const row = this.isShared ? this.folderAt(path) : undefined;
    if (row === undefined) return;
    try {
      this.folder = this.cursor.open(path);
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      return; // Gone since, or closed to us.
    }
    this.rows = this.childrenOf(row);
  }

  /**
   * Fills the new file `fd` with what the entry says, if the folder has it under that name. Returns
   * false, and leaves the file empty, where not.
   *
   * @throws SystemError ENOSPC, EDQUOT, EIO
   */
  cloneInto(fd: number, entry: Entry): boolean {
    const row = this.rows.get(entry.name);
    if (row === undefined || !this.holds(row, entry)) return false;
    const source = this.tryOpen(entry.name);
    if (source === undefined) return false;
    try {
      const isCloned = cloneInto(fd, source);
      statFd(source, this.stat);
      if (this.table.matches(row, this.stat)) {
        if (!isCloned) this.giveUp();
        return isCloned;
      }
    } finally {
      closeFd(source);
    }
    setLength(fd, 0, entry.name);
    rewind(fd);
    return false;
  }

  /** The file system shares no blocks. */
  private giveUp(): void {
    this.isShared = false;
    this.rows = new Map();
  }

  /** Whether the index says that the row has the content, and the holes, of the entry. */
  private holds(row: number, { content, size, sparse = false }: Entry): boolean {
    const { table } = this;
    return (
      table.kind[row] === KIND.file &&
      table.size[row] === size &&
      table.has(row, FLAG.hashed) &&
      !table.has(row, FLAG.racy | FLAG.unstable) &&
      table.has(row, FLAG.sparse) === sparse &&
      table.idOf(row) === content
    );
  }

  private tryOpen(name: RawPath): number | undefined {
    try {
      return openForRead(this.folder, name);
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      return undefined;
    }
  }

  private folderAt(path: RawPath): number | undefined {
    const known = this.folders.get(path);
    if (known !== undefined) return known;
    const { folder, name } = splitPath(path);
    const parent = this.folderAt(folder);
    const row = parent === undefined ? undefined : this.childrenOf(parent).get(name);
    if (row === undefined || this.table.kind[row] !== KIND.folder) return undefined;
    this.folders.set(path, row);
    return row;
  }

  private childrenOf(folder: number): Map<RawPath, number> {
    const { table } = this;
    const first = table.firstChild[folder] as number;
    const end = first + (table.childCount[folder] as number);
    const rows = new Map<RawPath, number>();
    for (let row = first; row < end; row++) rows.set(table.nameOf(row), row);
    return rows;
  }
}
