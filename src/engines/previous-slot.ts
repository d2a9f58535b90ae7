import { makeHardLink, type Place } from "../fs/at.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import { formatRow } from "../tree/encode-table.ts";
import type { Scan } from "../tree/scan-result.ts";
import { FLAG } from "../tree/scan-table.ts";
import { type FolderView, findEntry } from "../tree/tree-source.ts";
import { openWorkspaceFolder, type WorkspaceFolder } from "../tree/workspace-folder.ts";

/**
 * The folder that holds an earlier snapshot. A file that is the same in every respect gets a second
 * name there instead of a copy: folders of snapshots are never written to.
 */
export class PreviousSlot implements Disposable {
  private readonly scan: Scan;
  private readonly changed: ReadonlySet<number>;
  private readonly tree: FolderView;
  private readonly folder: WorkspaceFolder;
  private readonly cursor: FolderCursor;
  /** What the last folder held then, line by line. */
  private last: { readonly row: number; readonly lines: ReadonlySet<string> } | undefined;

  /** @param path the folder; `tree` is what it holds. Throws the system's error where it is gone. */
  constructor(scan: Scan, { path, tree }: { path: string; tree: FolderView }) {
    this.scan = scan;
    this.changed = new Set(scan.changed);
    this.tree = tree;
    this.folder = openWorkspaceFolder(path);
    this.cursor = new FolderCursor(this.folder.fd);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
    this.folder[Symbol.dispose]();
  }

  /** Gives the same file of the earlier snapshot the name `to`; false where there is none, or it cannot be. */
  link(row: number, to: Place): boolean {
    const { table } = this.scan;
    const isKnown = table.has(row, FLAG.hashed) && !table.has(row, FLAG.racy | FLAG.linked);
    if (!isKnown || this.changed.has(row)) return false;
    const folder = table.parent[row] as number;
    const name = table.nameOf(row);
    if (!this.linesOf(folder).has(formatRow(table, row, name))) return false;
    try {
      makeHardLink({ at: this.cursor.open(table.pathOf(folder)), name }, to);
      return true;
    } catch (error) {
      // Gone, or it has as many names as the file system allows: then it is copied.
      if (systemCodeOf(error) === "") throw error;
      return false;
    }
  }

  private linesOf(row: number): ReadonlySet<string> {
    if (this.last?.row !== row) {
      const path = this.scan.table.pathOf(row);
      const folder = path === ("" as RawPath) ? this.tree : findEntry(this.tree, path)?.folder;
      this.last = { row, lines: new Set(folder?.lines() ?? []) };
    }
    return this.last.lines;
  }
}
