import { makeFolder, makeHardLink, type Place, statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { writeXattrs } from "../../fs/xattrs.ts";
import type { Entry } from "../../model/entry.ts";
import { Garbage } from "../../model/garbage.ts";
import { joinRaw, pathFields, type RawPath } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import { comparePaths } from "../diff-trees.ts";
import type { LinkGroup } from "../link-groups.ts";
import type { ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";
import { type FolderView, listEntries } from "../tree-source.ts";
import type { FillWork, FolderToFill } from "./fill-folders.ts";
import { cutUnits, FillQueue, type FillUnit } from "./fill-queue.ts";
import type { WriteContext } from "./write-context.ts";
import { applyMetadata } from "./write-entry.ts";
import { makeWrittenTable, noteLinked, noteWritten } from "./written-table.ts";

export interface TreeWriterInput extends WriteContext {
  readonly root: number;
  readonly links: readonly LinkGroup[];
  /** Whether anybody asks for the stat index of what is written; without it there is no table. */
  readonly isIndexed: boolean;
}

/** So many entries of a tree are kept in memory while it is written. */
const MOST_KEPT = 100_000;

interface MadeFolder {
  readonly path: RawPath;
  readonly entry: Entry;
  readonly row: number;
}

/** Makes the folders of a tree, and does what is left when they are filled. */
export class TreeWriter implements Disposable {
  readonly issues: RestoreIssue[] = [];
  private readonly input: TreeWriterInput;
  private readonly cursor: FolderCursor;
  /** The folders below the root, each behind the one it is in. */
  private readonly made: MadeFolder[] = [];
  private readonly toFill: FolderToFill[] = [];
  private readonly units: FillUnit[] = [];
  /** What the first folders are to hold, as read: in a tree of usual size all of them. */
  private readonly views: FolderView[] = [];
  private rows = 1;
  /** The other names of files, each with the name that is written first. */
  private readonly otherNames: ReadonlyMap<RawPath, RawPath>;
  private readonly firstNames: ReadonlySet<RawPath>;
  /** The files of the tree that have several names, with their rows. */
  private readonly linked: Map<RawPath, number> = new Map();

  constructor(input: TreeWriterInput) {
    this.input = input;
    this.cursor = new FolderCursor(input.root);
    this.otherNames = new Map(
      input.links
        .map((group) => group.toSorted(comparePaths))
        .flatMap(([first, ...others]) => others.map((path) => [path, first as RawPath])),
    );
    this.firstNames = new Set(this.otherNames.values());
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  async makeFolders(tree: FolderView): Promise<void> {
    const pending = [{ path: "" as RawPath, view: tree, row: 0 }];
    const garbage = new Garbage();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { path, view, row } = next;
      const firstRow = this.plan(path, view, row);
      for (const [at, line] of view.lines().entries()) {
        if (!line.startsWith("d ")) continue; // Nothing else has to be read now.
        const { folder, ...entry } = view.entryAt(at);
        const below = joinRaw(path, entry.name);
        makeFolder(this.cursor.open(path), entry.name, 0o700);
        this.made.push({ path: below, entry, row: firstRow + at });
        if (folder !== undefined) pending.push({ path: below, view: folder, row: firstRow + at });
      }
      garbage.add(this.rows - firstRow);
      await this.input.progress.breathe();
    }
  }

  planWork(): FillWork {
    const later = [...this.linked.keys()].filter((path) => this.otherNames.has(path));
    return {
      root: this.input.root,
      folders: this.toFill,
      queue: FillQueue.of(this.units),
      later: new Set(later),
      table: this.input.isIndexed ? makeWrittenTable(this.toFill) : undefined,
      viewOf: (folder) => this.views[folder],
    };
  }

  /** Makes the further names of files. Whoever was written first has its entry noted for all. */
  linkNames(table: ScanTable | undefined): void {
    using other = new FolderCursor(this.input.root);
    for (const [path, row] of this.linked) {
      const first = this.otherNames.get(path);
      if (first === undefined) continue;
      const from = splitPath(first);
      makeHardLink({ at: other.open(from.folder), name: from.name }, this.placeOf(path));
      if (table !== undefined) copyContent(table, this.linked.get(first), row);
    }
    if (table !== undefined) noteLinked(table, this.input.root, this.linked);
  }

  finishFolders(table: ScanTable | undefined): void {
    const stat = new StatBuffer();
    for (const { path, entry, row } of this.made.reverse()) {
      const place = this.placeOf(path);
      if (entry.xattrs === undefined) writeXattrs(place.at, place.name, []); // Inherited ones.
      for (const what of applyMetadata(place, entry, this.input)) this.refuse(path, what);
      if (table !== undefined && statAt(place.at, place.name, stat))
        noteWritten(table, row, { entry, stat });
    }
  }

  /** Takes up the folder; returns the row of its first entry. */
  private plan(path: RawPath, view: FolderView, row: number): number {
    const firstRow = this.rows;
    if (view.id === undefined) return firstRow;
    const lines = view.lines();
    const sizes = lines.map((line) => (line.startsWith("d ") ? 0 : sizeIn(line)));
    this.units.push(...cutUnits(this.toFill.length, sizes));
    this.toFill.push({ path, id: view.id, row, firstRow, count: lines.length });
    this.rows += lines.length;
    if (this.rows < MOST_KEPT) this.views.push(view);
    if (this.otherNames.size > 0) this.noteLinks(path, view, firstRow);
    return firstRow;
  }

  private noteLinks(path: RawPath, view: FolderView, firstRow: number): void {
    for (const [at, { name, kind }] of listEntries(view).entries()) {
      const full = joinRaw(path, name);
      const isLinked = this.otherNames.has(full) || this.firstNames.has(full);
      if (kind === "f" && isLinked) this.linked.set(full, firstRow + at);
    }
  }

  private placeOf(path: RawPath): Place {
    const { folder, name } = splitPath(path);
    return { at: this.cursor.open(folder), name };
  }

  private refuse(path: RawPath, what: string): void {
    this.issues.push({ ...pathFields(path), kind: "degraded", why: `the system refused ${what}` });
  }
}

function copyContent(table: ScanTable, from: number | undefined, row: number): void {
  if (from === undefined) return;
  table.kind[row] = table.kind[from] as number;
  table.copyContent(row, table, from);
}

/** Enough to share the work fairly; a line that makes no sense is found when it is written. */
function sizeIn(line: string): number {
  return Number(line.split(" ", 3)[2]) || 0;
}
