import type { Entry, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { childRows, entryOf, formatRow } from "./encode-table.ts";
import { parseEntry } from "./entry-line.ts";
import { escapeName } from "./escape-name.ts";
import { type FolderText, NO_PAGES, type Pages, readFolder } from "./folder-object.ts";
import { FLAG, type ScanTable } from "./scan-table.ts";

/** One folder of a tree that can be looked into, wherever the tree is. */
export interface FolderView {
  /** Equal ids, equal folders. Undefined while a live folder's id is not known. */
  readonly id: ObjectId | undefined;
  /**
   * Its entries as trees write them (see formatEntry), sorted by name: quick to compare. Pages that are
   * those of `other`, too, are not read.
   */
  lines(other?: FolderView): readonly string[];
  /** Those pages of it that are read; a live folder has none, since to name them takes longer than to read them. */
  pages(): Pages;
  /** The entry of one line. */
  entryAt(index: number): ViewedEntry;
  /** The same folder, of which nothing was looked at yet: what was is not in memory any more. */
  anew(): FolderView;
}

export interface ViewedEntry extends Entry {
  /** For folders. */
  readonly folder?: FolderView;
  /** Its row, for entries of the scanned workspace. */
  readonly row?: number;
}

/** All entries of a folder, sorted by name. */
export function listEntries(folder: FolderView): ViewedEntry[] {
  return folder.lines().map((_, index) => folder.entryAt(index));
}

/** The folder `id` of a stored tree. */
export function storedFolder(id: ObjectId, read: (id: ObjectId) => Uint8Array): FolderView {
  let text: FolderText | undefined;
  const view: FolderView = {
    id,
    lines(other) {
      text ??= readFolder(id, read, other && (() => other.pages()));
      return text.lines;
    },
    pages: () => text?.pages ?? NO_PAGES,
    entryAt(index) {
      const entry = parseEntry(view.lines()[index] as string);
      if (entry.kind !== "d") return entry;
      return { ...entry, folder: storedFolder(entry.content as ObjectId, read) };
    },
    anew: () => storedFolder(id, read),
  };
  return view;
}

/** A folder of the scanned workspace. */
export function liveFolder(table: ScanTable, row = 0): FolderView {
  let rows: readonly number[] | undefined;
  const children = (): readonly number[] => {
    rows ??= childRows(table, row);
    return rows;
  };
  return {
    id: table.has(row, FLAG.dirty) ? undefined : table.idOf(row),
    lines: () => children().map((child) => formatRow(table, child, table.nameOf(child))),
    pages: () => NO_PAGES,
    entryAt: (index) => liveEntry(table, children()[index] as number),
    anew: () => liveFolder(table, row),
  };
}

/** An entry of the scanned workspace. */
export function liveEntry(table: ScanTable, row: number): ViewedEntry {
  const entry = { ...entryOf(table, row), row };
  return entry.kind === "d" ? { ...entry, folder: liveFolder(table, row) } : entry;
}

/** A folder with nothing in it. */
export const EMPTY_FOLDER: FolderView = {
  id: undefined,
  lines: () => [],
  pages: () => NO_PAGES,
  entryAt(index) {
    throw new RangeError(`An empty folder has no entry ${index}`);
  },
  anew: () => EMPTY_FOLDER,
};

/** The entry at `path`, or undefined; "" has none (the root is no entry). */
export function findEntry(root: FolderView, path: RawPath): ViewedEntry | undefined {
  let folder: FolderView | undefined = root;
  let found: ViewedEntry | undefined;
  for (const name of path.split("/")) {
    found = folder === undefined ? undefined : entryNamed(folder, name as RawPath);
    folder = found?.folder;
    if (found === undefined) return undefined;
  }
  return found;
}

function entryNamed(folder: FolderView, name: RawPath): ViewedEntry | undefined {
  const spelled = escapeName(name);
  const index = folder.lines().findIndex((line) => line.split(" ", 6)[5] === spelled);
  return index < 0 ? undefined : folder.entryAt(index);
}
