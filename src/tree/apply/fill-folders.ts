import { statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import type { ObjectId } from "../../model/entry.ts";
import { Garbage } from "../../model/garbage.ts";
import { joinRaw, pathFields, type RawPath } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { ScanTable } from "../scan-table.ts";
import { type FolderView, storedFolder, type ViewedEntry } from "../tree-source.ts";
import type { FillQueue, FillUnit } from "./fill-queue.ts";
import { QuickFiles } from "./quick-files.ts";
import type { WriteContext } from "./write-context.ts";
import { writeEntry } from "./write-entry.ts";
import { noteWritten, type TableFolder } from "./written-table.ts";

/** What writing an entry leaves behind, in the measure of {@link Garbage}: its line in parts, and its content. */
const THINGS_EACH = 4;

/** A folder that exists and is empty but for folders. */
export interface FolderToFill extends TableFolder {
  /** Its object. */
  readonly id: ObjectId;
}

/** Folders, and what of them is left to be written. */
export interface FillWork {
  /** The open folder that all paths begin in. */
  readonly root: number;
  readonly folders: readonly FolderToFill[];
  readonly queue: FillQueue;
  /** What is not written yet: further names of files. */
  readonly later: ReadonlySet<RawPath>;
  /** Where what was written is noted, if anybody asks for that. */
  readonly table: ScanTable | undefined;
  /** What a folder is to hold, where it was read already. */
  viewOf?(folder: number): FolderView | undefined;
}

/**
 * Writes everything but folders that nobody else has taken, until nothing is left. Returns what the
 * system refused.
 *
 * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function fillFolders(work: FillWork, context: WriteContext): Promise<RestoreIssue[]> {
  using filler = new FolderFiller(work, context);
  const garbage = new Garbage();
  let done = 0;
  let bytes = 0;
  for (const unit of work.queue.take()) {
    for (const [row, entry] of filler.open(unit)) {
      const written = filler.write(row, entry);
      if (written !== undefined) await written;
      garbage.add(THINGS_EACH);
      done++;
      bytes += entry.size;
    }
    context.progress.report({ phase: "writing", done, bytes });
    await context.progress.breathe();
  }
  return filler.issues;
}

class FolderFiller implements Disposable {
  readonly issues: RestoreIssue[] = [];
  private readonly work: FillWork;
  private readonly context: WriteContext;
  private readonly cursor: FolderCursor;
  private readonly quick: QuickFiles;
  private number = -1;
  private view: FolderView | undefined;
  private folder: FolderToFill | undefined;
  private at = -1;
  private readonly stat = new StatBuffer();

  constructor(work: FillWork, context: WriteContext) {
    this.work = work;
    this.context = context;
    this.cursor = new FolderCursor(work.root);
    this.quick = new QuickFiles(context);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  /** Goes to the unit's folder; returns what is to be written there, by row. */
  *open({ folder: number, first, end }: FillUnit): Generator<[number, ViewedEntry]> {
    if (number !== this.number || this.view === undefined) this.enter(number);
    const { view, folder } = this;
    if (view === undefined || folder === undefined) return;
    for (let at = first; at < end; at++) {
      // Folders are there already; to look at the line is quicker than to read it.
      if (view.lines()[at]?.startsWith("d ")) continue;
      const entry = view.entryAt(at);
      if (this.isNow(entry)) yield [folder.firstRow + at, entry];
    }
  }

  /** Ordinary files without a promise each: there may be a million of them. */
  write(row: number, entry: ViewedEntry): Promise<void> | undefined {
    if (!this.quick.suits(entry)) return this.writeWithCare(row, entry);
    this.refuse(entry, this.quick.write(entry));
    const { table } = this.work;
    if (table !== undefined) noteWritten(table, row, { entry, stat: this.quick.stat });
    return undefined;
  }

  private async writeWithCare(row: number, entry: ViewedEntry): Promise<void> {
    const { at, stat } = this;
    const { table } = this.work;
    this.refuse(entry, await writeEntry({ at, name: entry.name }, entry, this.context));
    if (table !== undefined && statAt(at, entry.name, stat))
      noteWritten(table, row, { entry, stat });
  }

  private enter(number: number): void {
    const folder = this.work.folders[number] as FolderToFill;
    const { path, id } = folder;
    this.number = number;
    this.folder = folder;
    this.view =
      this.work.viewOf?.(number) ?? storedFolder(id, (one) => this.context.content.read(one));
    this.at = this.cursor.open(path);
    this.quick.enter(this.at);
    this.context.live?.enter(path);
  }

  private isNow({ name }: ViewedEntry): boolean {
    return this.work.later.size === 0 || !this.work.later.has(this.pathOf(name));
  }

  private refuse({ name }: ViewedEntry, refused: readonly string[]): void {
    for (const what of refused) {
      const why = `the system refused ${what}`;
      this.issues.push({ ...pathFields(this.pathOf(name)), kind: "degraded", why });
    }
  }

  private pathOf(name: RawPath): RawPath {
    return joinRaw(this.folder?.path ?? ("" as RawPath), name);
  }
}
