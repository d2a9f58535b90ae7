import { makeFolder, makeHardLink, type Place } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { writeXattrs } from "../../fs/xattrs.ts";
import type { Entry } from "../../model/entry.ts";
import type { Progress } from "../../model/progress.ts";
import { joinRaw, pathFields, type RawPath } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import { comparePaths } from "../diff-trees.ts";
import type { LinkGroup } from "../link-groups.ts";
import { splitPath } from "../split-path.ts";
import { type FolderView, listEntries } from "../tree-source.ts";
import { applyRoot, type WantedRoot } from "./apply-root.ts";
import type { WriteContext } from "./write-context.ts";
import { applyMetadata, writeEntry } from "./write-entry.ts";

export interface WriteTreeInput extends WriteContext {
  /** The open folder to write into; it is empty. */
  readonly root: number;
  readonly tree: FolderView;
  readonly links: readonly LinkGroup[];
  readonly wantedRoot: WantedRoot;
  readonly progress: Progress;
}

/**
 * Writes a whole tree into an empty folder. Folders get their mode last, so that a read-only one can
 * be filled. Returns what the system refused.
 *
 * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function writeTree(input: WriteTreeInput): Promise<RestoreIssue[]> {
  using cursor = new FolderCursor(input.root);
  const writer = new TreeWriter(input, cursor);
  let done = 0;
  await input.progress.breathe(); // From here on Ctrl-C is ours, and leaves nothing behind.
  for (const [path, entry] of walkTree(input.tree)) {
    await writer.write(path, entry);
    if (++done % 64 !== 0) continue;
    input.progress.report({ phase: "writing", done, bytes: writer.bytes });
    await input.progress.breathe();
  }
  writer.finishFolders();
  const root = applyRoot(input.root, input.wantedRoot, {
    table: undefined,
    content: input.content,
  });
  return [...writer.issues, ...root];
}

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

class TreeWriter {
  readonly issues: RestoreIssue[] = [];
  bytes = 0;
  private readonly input: WriteTreeInput;
  private readonly cursor: FolderCursor;
  private readonly folders: [RawPath, Entry][] = [];
  /** The other names of a file by the name that is written first. */
  private readonly firstNames: Map<RawPath, RawPath>;

  constructor(input: WriteTreeInput, cursor: FolderCursor) {
    this.input = input;
    this.cursor = cursor;
    this.firstNames = new Map(
      // In the order of the walk, so that the first name is there when the others come.
      input.links
        .map((group) => group.toSorted(comparePaths))
        .flatMap(([first, ...others]) => others.map((path) => [path, first as RawPath])),
    );
  }

  async write(path: RawPath, entry: Entry): Promise<void> {
    const { at, name } = this.placeOf(path);
    const first = this.firstNames.get(path);
    if (entry.kind === "d") {
      makeFolder(at, name, 0o700);
      this.folders.push([path, entry]);
    } else if (first !== undefined && entry.kind === "f") {
      this.link(first, path);
    } else {
      this.note(path, await writeEntry({ at, name }, entry, this.input));
      this.bytes += entry.size;
    }
  }

  finishFolders(): void {
    for (const [path, entry] of this.folders.reverse()) {
      const place = this.placeOf(path);
      if (entry.xattrs === undefined) writeXattrs(place.at, place.name, []); // Inherited ones.
      this.note(path, applyMetadata(place, entry, this.input));
    }
  }

  /** The first name of a group is written before the others: both lists are sorted, so is the walk. */
  private link(first: RawPath, path: RawPath): void {
    using other = new FolderCursor(this.input.root);
    const from = splitPath(first);
    makeHardLink({ at: other.open(from.folder), name: from.name }, this.placeOf(path));
  }

  private placeOf(path: RawPath): Place {
    const { folder, name } = splitPath(path);
    return { at: this.cursor.open(folder), name };
  }

  private note(path: RawPath, refused: readonly string[]): void {
    for (const what of refused)
      this.issues.push({
        ...pathFields(path),
        kind: "degraded",
        why: `the system refused ${what}`,
      });
  }
}
