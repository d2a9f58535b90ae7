import type { Change, ChangeCounts, ChangeList, ChangeType } from "../model/change.ts";
import { Garbage } from "../model/garbage.ts";
import { NumberList } from "../model/number-list.ts";
import type { RawPath } from "../model/raw-path.ts";
import { comparePaths } from "../tree/diff-trees.ts";
import type { TreeChanges } from "../tree/tree-changes.ts";
import { describeOne, describeRelink, describeRename } from "./describe-changes.ts";
import { findRelinked, type LinkSides } from "./find-relinked.ts";
import { findRenames } from "./find-renames.ts";

const NO_PATHS: ReadonlySet<string> = new Set();
/** What one of them leaves behind, in the measure of {@link Garbage}. */
const THINGS_EACH = 4;

export interface ListedOptions {
  readonly links?: LinkSides;
  /** The workspace folder itself, which stands before all paths. */
  readonly root?: readonly Change[];
  /** Paths, as text, that are left out. */
  readonly except?: ReadonlySet<string>;
}

/**
 * The changes between two trees and their link groups, for people and for JSON: sorted by path, a
 * removed and an added file of the same content as one that was renamed. Of each only its number is
 * kept; it is put into words when it is asked for.
 */
export class ListedChanges implements ChangeList {
  readonly counts: ChangeCounts;
  private readonly changes: TreeChanges;
  private readonly root: readonly Change[];
  private readonly relinked: readonly RawPath[];
  /** Added files, and the removed ones that they were. */
  private readonly renames: ReadonlyMap<number, number>;
  /** Numbers of changes, and behind the last of those, of paths that are linked otherwise. */
  private shown = new NumberList();

  constructor(changes: TreeChanges, options: ListedOptions = {}) {
    const { links, root = [], except = NO_PATHS } = options;
    this.changes = changes;
    this.root = root;
    this.relinked = links === undefined ? [] : otherLinks(changes, links);
    this.renames = findRenames(changes);
    this.list();
    if (except.size > 0) this.leaveOut(except);
    this.shown.trim();
    this.counts = this.count();
  }

  get length(): number {
    return this.root.length + this.shown.length;
  }

  [Symbol.iterator](): Generator<Change> {
    return this.describe(undefined);
  }

  ofType(type: ChangeType): Generator<Change> {
    return this.describe(type);
  }

  private *describe(wanted: ChangeType | undefined): Generator<Change> {
    for (const change of this.root)
      if (wanted === undefined || change.type === wanted) yield change;
    const garbage = new Garbage();
    for (let at = 0; at < this.shown.length; at++) {
      if (wanted !== undefined && this.typeAt(this.shown.at(at)) !== wanted) continue;
      yield this.describeAt(this.shown.at(at));
      garbage.add(THINGS_EACH);
    }
  }

  private typeAt(index: number): ChangeType {
    const { changes, renames } = this;
    if (index >= changes.length) return "metadata";
    return renames.has(index) ? "renamed" : changes.typeAt(index);
  }

  private describeAt(index: number): Change {
    const { changes, renames, relinked } = this;
    if (index >= changes.length) return describeRelink(relinked[index - changes.length] as RawPath);
    const from = renames.get(index);
    const change = changes.at(index);
    return from === undefined ? describeOne(change) : describeRename(changes.at(from), change);
  }

  private list(): void {
    const { changes, renames } = this;
    const sources = new Set(renames.values());
    let next = 0;
    for (let index = 0; index < changes.length; index++) {
      if (changes.isCovered(index) || sources.has(index)) continue;
      next = this.listRelinked(next, index);
      this.shown.push(index);
    }
    this.listRelinked(next, changes.length);
  }

  /** Those that stand before the change; returns the first that does not. */
  private listRelinked(first: number, index: number): number {
    let at = first;
    if (at === this.relinked.length) return at;
    const path = index < this.changes.length ? this.changes.at(index).path : undefined;
    for (; at < this.relinked.length; at++) {
      if (path !== undefined && comparePaths(this.relinked[at] as RawPath, path) > 0) break;
      this.shown.push(this.changes.length + at);
    }
    return at;
  }

  private leaveOut(except: ReadonlySet<string>): void {
    const { shown } = this;
    this.shown = new NumberList();
    for (let at = 0; at < shown.length; at++) {
      if (!except.has(this.describeAt(shown.at(at)).path)) this.shown.push(shown.at(at));
    }
  }

  private count(): ChangeCounts {
    const counts = { added: 0, removed: 0, modified: 0, renamed: 0, metadata: 0 };
    for (const { type } of this.root) counts[type]++;
    for (let at = 0; at < this.shown.length; at++) counts[this.typeAt(this.shown.at(at))]++;
    return counts;
  }
}

/** Sorted; paths that changed otherwise, too, are told already. */
function otherLinks(changes: TreeChanges, links: LinkSides): RawPath[] {
  const relinked = new Set(findRelinked(links));
  if (relinked.size > 0) for (const { path } of changes) relinked.delete(path);
  return [...relinked].sort(comparePaths);
}
