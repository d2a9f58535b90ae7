import type { ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import type { FolderView, ViewedEntry } from "./tree-source.ts";
import { EMPTY_FOLDER } from "./tree-source.ts";

/** One path that differs between two trees. */
export interface TreeChange {
  readonly path: RawPath;
  readonly before: ViewedEntry | undefined;
  readonly after: ViewedEntry | undefined;
}

/** Of so many lines, folders that were compared are kept as they were read; others are read again. */
const MOST_KEPT = 20_000;

/** A folder that was looked into. */
export interface ComparedFolder {
  /** Of the later tree. */
  readonly id: ObjectId | undefined;
  /** Its lines in that tree; read again, where so many folders were compared that not all are kept. */
  lines(): readonly string[];
  /** All names whose lines are not the same on both sides, also such as make no change; a slash between two. */
  readonly differing: string;
}

/** A pair of folders that is to be compared. */
interface FolderPair {
  readonly path: RawPath;
  readonly before: FolderView;
  readonly after: FolderView;
}

/**
 * Every path that differs between two trees, sorted by path: a folder stands before what is in it.
 * Equal folders are not looked into, so the cost follows what changed. A folder is listed itself
 * only where it came, went, changed its kind or its own line. One at a time: there may be a million.
 *
 * @param compared takes every folder that is looked into, by its path; `after` is then a stored tree
 */
export function diffTrees(
  before: FolderView,
  after: FolderView,
  compared?: Map<RawPath, ComparedFolder>,
): Generator<TreeChange> {
  return diffFolders({ path: "" as RawPath, before, after }, compared);
}

/** The same of two folders at `path`. */
export function* diffFolders(
  first: FolderPair,
  compared?: Map<RawPath, ComparedFolder>,
): Generator<TreeChange> {
  const kept = new KeptFolders(compared);
  const walks = [new FolderWalk(first, kept)];
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const found = walk.next();
    if (found === undefined) {
      walks.pop();
      continue;
    }
    if (found.change !== undefined) yield found.change;
    if (found.below !== undefined) walks.push(new FolderWalk(found.below, kept));
  }
}

/** A name that differs, and what is to be looked into for it. */
interface Found {
  readonly change: TreeChange | undefined;
  readonly below: FolderPair | undefined;
}

/** Goes through two folders, name by name. */
class FolderWalk {
  private readonly pair: FolderPair;
  private readonly kept: KeptFolders;
  private readonly entries: Iterator<EntryPair>;
  private readonly isSame: boolean;
  private readonly differing: RawPath[] = [];

  constructor(pair: FolderPair, kept: KeptFolders) {
    const { before, after } = pair;
    this.pair = pair;
    this.kept = kept;
    this.isSame = before.id !== undefined && before.id === after.id;
    this.entries = differingEntries(before, after, kept.garbage);
  }

  /** Undefined at the end. */
  next(): Found | undefined {
    const next = this.isSame ? undefined : this.entries.next();
    if (next !== undefined && next.done !== true) return this.compare(next.value);
    if (!this.isSame) this.kept.add(this.pair, this.differing);
    return undefined;
  }

  private compare([old, now]: EntryPair): Found {
    const { name } = (old ?? now) as ViewedEntry;
    if (this.kept.isAsked) this.differing.push(name);
    const path = joinRaw(this.pair.path, name);
    const isFolder = old?.kind === "d" || now?.kind === "d";
    const isOther = old === undefined || now === undefined || !sameLine(old, now);
    return {
      change: isOther ? { path, before: old, after: now } : undefined,
      below: isFolder
        ? { path, before: old?.folder ?? EMPTY_FOLDER, after: now?.folder ?? EMPTY_FOLDER }
        : undefined,
    };
  }
}

/** Folders that were compared, for those who ask for them. */
class KeptFolders {
  private readonly compared: Map<RawPath, ComparedFolder> | undefined;
  readonly garbage: Garbage = new Garbage();
  private lines = 0;

  constructor(compared: Map<RawPath, ComparedFolder> | undefined) {
    this.compared = compared;
  }

  get isAsked(): boolean {
    return this.compared !== undefined;
  }

  add({ path, after }: FolderPair, differing: readonly RawPath[]): void {
    if (this.compared === undefined) return;
    this.lines += after.lines().length;
    const isKept = this.lines <= MOST_KEPT;
    const view = isKept ? after : after.anew();
    const lines = (): readonly string[] => (isKept ? view : view.anew()).lines();
    // One string: a million names in arrays would be a million objects for each collection.
    this.compared.set(path, { id: after.id, lines, differing: differing.join("/") });
  }
}

type EntryPair = readonly [ViewedEntry | undefined, ViewedEntry | undefined];

/** Joins two folders by name. Lines that are the same are not even parsed: they are nearly all. */
function* differingEntries(
  before: FolderView,
  after: FolderView,
  garbage: Garbage,
): Generator<EntryPair> {
  const old = new LineCursor(before);
  const now = new LineCursor(after, before);
  garbage.add(old.count + now.count);
  while (old.line !== undefined || now.line !== undefined) {
    if (old.line === now.line) {
      old.skip();
      now.skip();
      continue;
    }
    const order = compareNames(old.entry()?.name, now.entry()?.name);
    yield [order <= 0 ? old.take() : undefined, order >= 0 ? now.take() : undefined];
  }
}

/** Goes through the lines of a folder; each is parsed when it is asked for, once. */
class LineCursor {
  line: string | undefined;
  private at = 0;
  private parsed: ViewedEntry | undefined;
  private readonly folder: FolderView;
  private readonly lines: readonly string[];

  /** `other` is what it is compared with. */
  constructor(folder: FolderView, other?: FolderView) {
    this.folder = folder;
    this.lines = folder.lines(other);
    this.line = this.lines[0];
  }

  get count(): number {
    return this.lines.length;
  }

  /** Undefined at the end. */
  entry(): ViewedEntry | undefined {
    if (this.line === undefined) return undefined;
    this.parsed ??= this.folder.entryAt(this.at);
    return this.parsed;
  }

  take(): ViewedEntry | undefined {
    const entry = this.entry();
    this.skip();
    return entry;
  }

  skip(): void {
    this.at++;
    this.line = this.lines[this.at];
    this.parsed = undefined;
  }
}

/** Whether two entries are the same but for what is in a folder. */
export function sameLine(one: ViewedEntry, other: ViewedEntry): boolean {
  return (
    one.kind === other.kind &&
    one.mode === other.mode &&
    one.mtime === other.mtime &&
    sameContent(one, other) &&
    one.xattrs === other.xattrs &&
    one.uid === other.uid &&
    one.gid === other.gid
  );
}

function sameContent(one: ViewedEntry, other: ViewedEntry): boolean {
  if (one.kind === "d") return true;
  const isSparse = [one, other].map(({ sparse }) => sparse === true);
  return one.content === other.content && one.size === other.size && isSparse[0] === isSparse[1];
}

/** The end of a list comes behind every name. */
function compareNames(one: RawPath | undefined, other: RawPath | undefined): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  return other === undefined || one < other ? -1 : 1;
}

/** Orders paths as trees do: by components, so that a folder is followed by what is in it. */
export function comparePaths(one: RawPath, other: RawPath): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  const left = at === one.length ? -1 : one[at] === "/" ? 0 : one.charCodeAt(at) + 1;
  const right = at === other.length ? -1 : other[at] === "/" ? 0 : other.charCodeAt(at) + 1;
  return left - right;
}
