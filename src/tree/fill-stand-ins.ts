import type { ObjectId } from "../model/entry.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { formatEntry } from "./entry-line.ts";
import { type FolderLine, writeFolder } from "./folder-object.ts";
import { standInOf } from "./stand-in.ts";
import { type FolderView, listEntries, type ViewedEntry } from "./tree-source.ts";

/** A file of a tree whose content was not read yet. */
export interface UnreadFile {
  readonly path: RawPath;
  /** Bytes. */
  readonly size: number;
}

/** The files of the tree of a snapshot that have a stand-in for their content, in the order of the tree. */
export function* unreadFiles(
  snapshot: string,
  folder: FolderView,
  path: RawPath = "" as RawPath,
): Generator<UnreadFile> {
  for (const entry of listEntries(folder)) {
    const at = joinRaw(path, entry.name);
    if (isUnread(snapshot, at, entry)) yield { path: at, size: entry.size };
    if (entry.folder !== undefined) yield* unreadFiles(snapshot, entry.folder, at);
  }
}

/** What it takes to give a tree the content that it lacks. */
export interface FillStandIns {
  readonly snapshot: string;
  /** The names of the content, by path: of all files that {@link unreadFiles} gives. */
  readonly contents: ReadonlyMap<RawPath, ObjectId>;
  /** Stores the object of a folder. */
  put(bytes: Uint8Array): ObjectId;
}

/** Writes the folders anew that hold a stand-in; returns the id of this one. */
export function fillStandIns(
  folder: FolderView,
  fill: FillStandIns,
  path: RawPath = "" as RawPath,
): ObjectId {
  let isChanged = false;
  const lines = listEntries(folder).map((entry): FolderLine => {
    const { folder: below, row: _, ...plain } = entry;
    const at = joinRaw(path, entry.name);
    const content = contentOf(entry, at, fill);
    isChanged ||= content !== entry.content;
    const text = formatEntry({ ...plain, content });
    return { name: entry.name, size: entry.size, text };
  });
  return !isChanged && folder.id !== undefined ? folder.id : writeFolder(lines, fill.put);
}

function contentOf(entry: ViewedEntry, at: RawPath, fill: FillStandIns): ViewedEntry["content"] {
  if (entry.folder !== undefined) return fillStandIns(entry.folder, fill, at);
  if (!isUnread(fill.snapshot, at, entry)) return entry.content;
  const content = fill.contents.get(at);
  if (content === undefined) throw new Error(`nobody read "${at}"`);
  return content;
}

function isUnread(snapshot: string, path: RawPath, { kind, content }: ViewedEntry): boolean {
  return kind === "f" && content === standInOf(snapshot, path);
}
