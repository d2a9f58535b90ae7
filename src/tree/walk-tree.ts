import type { Entry } from "../model/entry.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { type FolderView, listEntries } from "./tree-source.ts";

/** Every entry below a folder; a folder stands before what is in it. */
export function* walkTree(
  folder: FolderView,
  path: RawPath = "" as RawPath,
): Generator<[RawPath, Entry]> {
  for (const entry of listEntries(folder)) {
    const at = joinRaw(path, entry.name);
    yield [at, entry];
    if (entry.folder !== undefined) yield* walkTree(entry.folder, at);
  }
}
