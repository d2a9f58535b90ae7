import type { Loss, ObjectId } from "../model/entry.ts";
import { joinRaw, type RawPath, toText } from "../model/raw-path.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { comparePaths, sameLine } from "./diff-trees.ts";
import { formatEntry } from "./entry-line.ts";
import { type FolderLine, writeFolder } from "./folder-object.ts";
import { encodeLinkGroups, findLinkGroups, type LinkGroup } from "./link-groups.ts";
import type { Scan } from "./scan-result.ts";
import { KIND } from "./scan-table.ts";
import { sealTree, type TreeState } from "./seal-tree.ts";
import {
  EMPTY_FOLDER,
  type FolderView,
  findEntry,
  listEntries,
  liveFolder,
  type ViewedEntry,
} from "./tree-source.ts";

/** What a partial snapshot is made of: an older tree, in which some paths become as they are now. */
export interface PartialScope {
  /** From the root of the workspace; none is the root, none lies inside another. */
  readonly paths: readonly RawPath[];
  readonly base: FolderView;
  /** Undefined where there is no older tree. */
  readonly baseState: TreeState | undefined;
  readonly baseLinks: readonly LinkGroup[];
  readonly baseLosses: readonly Loss[];
}

/** Sorted, each once, and without those that lie inside another one. */
export function outermostPaths(paths: readonly RawPath[]): RawPath[] {
  const found: RawPath[] = [];
  for (const path of [...new Set(paths)].sort(comparePaths)) {
    const last = found.at(-1);
    if (last === undefined || !path.startsWith(`${last}/`)) found.push(path);
  }
  return found;
}

/** The rows whose content the tree needs: the paths, what is in them, and the folders on the way. */
export function splitRows(
  { table }: Scan,
  rows: readonly number[],
  { paths }: PartialScope,
): { inside: number[]; outside: number[] } {
  const inside: number[] = [];
  const outside: number[] = [];
  for (const row of rows) {
    const path = table.pathOf(row);
    const isOnTheWay =
      table.kind[row] === KIND.folder && paths.some((wanted) => wanted.startsWith(`${path}/`));
    (isOnTheWay || row === 0 || isWithin(paths, path) ? inside : outside).push(row);
  }
  return { inside, outside };
}

/** What this tree does not hold: what the older one did not, and what was found in the paths. */
export function partialLosses(
  losses: readonly Loss[],
  { paths, baseLosses }: PartialScope,
): readonly Loss[] {
  const words = paths.map(toText);
  const isInside = ({ path }: Loss): boolean =>
    words.some((wanted) => path === wanted || path.startsWith(`${wanted}/`));
  return [...baseLosses.filter((loss) => !isInside(loss)), ...losses.filter(isInside)];
}

/**
 * Names the older tree with the paths as they are in the scanned workspace, whose content is named
 * by now. Folders go through `put`, which keeps them; the scan's own folders are only named, since
 * most of them are in no tree yet.
 */
export function sealPartial(
  scan: Scan,
  scope: PartialScope,
  put: (bytes: Uint8Array) => ObjectId,
): TreeState {
  const now = sealTree(scan, HASH_ONLY.put, false);
  const live = liveFolder(scan.table);
  const overlay = new Overlay(put);
  const root = overlay.merge(scope.base, live, scope.paths);
  const before = scope.baseState ?? { ...now, entries: 0 };
  const links = mergeLinks(scope, findLinkGroups(scan), live);
  return {
    root: root.content,
    rootMode: before.rootMode,
    ...(before.rootXattrs === undefined ? {} : { rootXattrs: before.rootXattrs }),
    ...(links.length === 0 ? {} : { links: put(encodeLinkGroups(links)) }),
    entries: before.entries + overlay.added,
    bytes: root.size,
  };
}

interface Written {
  readonly content: ObjectId;
  /** Bytes of all that is below. */
  readonly size: number;
}

/** Writes the folders of the new tree. */
class Overlay {
  /** How many more names the new tree has than the base. */
  added = 0;
  private readonly put: (bytes: Uint8Array) => ObjectId;

  constructor(put: (bytes: Uint8Array) => ObjectId) {
    this.put = put;
  }

  /** `paths` are relative to the folder. */
  merge(base: FolderView, live: FolderView, paths: readonly RawPath[]): Written {
    const entries = new Map(listEntries(base).map((entry) => [entry.name, entry]));
    const below = Map.groupBy(paths, (path) => path.split("/", 1)[0] as RawPath);
    for (const [name, group] of below) {
      const old = entries.get(name);
      const entry = this.mergeEntry(old, findEntry(live, name), restOf(group, name));
      this.added += (entry === undefined ? 0 : 1) - (old === undefined ? 0 : 1);
      if (entry === undefined) entries.delete(name);
      else entries.set(name, entry);
    }
    return this.write([...entries.values()]);
  }

  /** `rest`: the paths inside; empty when the entry itself was asked for. */
  private mergeEntry(
    old: ViewedEntry | undefined,
    now: ViewedEntry | undefined,
    rest: readonly RawPath[],
  ): ViewedEntry | undefined {
    if (rest.length === 0) {
      this.added -= countBelow(old);
      return now === undefined ? undefined : this.keepWhole(now);
    }
    if (now?.kind !== "d" && old?.kind !== "d") return old;
    // A folder that is in the older tree stays as it is there, but for the paths.
    const { folder: _folder, row: _row, ...entry } = (old?.kind === "d" ? old : now) as ViewedEntry;
    const from = old?.folder ?? EMPTY_FOLDER;
    return { ...entry, ...this.merge(from, now?.folder ?? EMPTY_FOLDER, rest) };
  }

  /** An entry of the workspace with all in it. */
  private keepWhole(entry: ViewedEntry): ViewedEntry {
    if (entry.folder === undefined) return entry;
    const children = listEntries(entry.folder);
    this.added += children.length;
    return { ...entry, ...this.write(children.map((child) => this.keepWhole(child))) };
  }

  private write(entries: readonly ViewedEntry[]): Written {
    const lines = entries
      .map((entry): FolderLine => ({ ...entry, text: formatEntry(entry) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    const size = lines.reduce((sum, line) => sum + line.size, 0);
    return { content: writeFolder(lines, this.put), size };
  }
}

function restOf(paths: readonly RawPath[], name: RawPath): RawPath[] {
  return paths
    .filter((path) => path !== name)
    .map((path) => path.slice(name.length + 1) as RawPath);
}

function countBelow(entry: ViewedEntry | undefined): number {
  if (entry?.folder === undefined) return 0;
  return listEntries(entry.folder).reduce((sum, child) => sum + 1 + countBelow(child), 0);
}

function isWithin(paths: readonly RawPath[], path: RawPath): boolean {
  return paths.some((wanted) => path === wanted || path.startsWith(`${wanted}/`));
}

/** Paths stay linked where all of them are in the paths, or none, or nothing about them changed. */
function mergeLinks(
  { paths, base, baseLinks }: PartialScope,
  liveLinks: readonly LinkGroup[],
  live: FolderView,
): LinkGroup[] {
  const isInside = (path: RawPath): boolean => isWithin(paths, path);
  const now = new Set(liveLinks.map((group) => group.join("\0")));
  const isUntouched = (group: LinkGroup): boolean =>
    now.has(group.join("\0")) && group.every((path) => isSame(path, base, live));
  const whole = baseLinks.filter(isUntouched);
  const taken = new Set(whole.flat());
  const pieces = [
    ...baseLinks.map((group) => group.filter((path) => !isInside(path) && !taken.has(path))),
    ...liveLinks.map((group) => group.filter((path) => isInside(path) && !taken.has(path))),
  ];
  return [...whole, ...pieces.filter((group) => group.length > 1)].sort((one, other) =>
    (one[0] as RawPath) < (other[0] as RawPath) ? -1 : 1,
  );
}

function isSame(path: RawPath, base: FolderView, live: FolderView): boolean {
  const old = findEntry(base, path);
  const now = findEntry(live, path);
  return old !== undefined && now !== undefined && sameLine(old, now);
}

/** Says whether the path is in the scan at all, also as something that no tree keeps. */
export function findRowKind({ table }: Scan, path: RawPath): "kept" | "ignored" | "lost" | "none" {
  let row = 0;
  let at = "" as RawPath;
  for (const name of path.split("/")) {
    at = joinRaw(at, name as RawPath);
    const kind = table.kind[row];
    if (kind === KIND.ignored) return "ignored";
    if (kind !== KIND.folder) return "none";
    const first = table.firstChild[row] as number;
    const rows = Array.from(
      { length: table.childCount[row] as number },
      (_, index) => first + index,
    );
    const found = rows.find((child) => table.nameOf(child) === name);
    if (found === undefined) return "none";
    row = found;
  }
  if (table.kind[row] === KIND.ignored) return "ignored";
  if (table.isKept(row)) return "kept";
  return table.kind[row] === KIND.lost ? "lost" : "none";
}
