import type { Entry } from "../../model/entry.ts";
import { Garbage } from "../../model/garbage.ts";
import { NumberList } from "../../model/number-list.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { TreeChanges } from "../tree-changes.ts";
import type { Action, LinkAnchor } from "./action.ts";

/** No row, or nothing that is staged. */
const NONE = 0xffffffff;

/** What an action, carried out, leaves behind, in the measure of {@link Garbage}. */
const THINGS_EACH = 6;

/** A path that is to have an entry, though nothing but its links differs. */
export interface OtherPath {
  readonly path: RawPath;
  readonly entry: Entry;
}

/** What is to be done to one path. */
interface Step {
  /** The number of its change, or behind the last of those, of another path. */
  readonly source: number;
  readonly staged?: number;
  readonly row?: number | undefined;
}

/** The same of many, in a few bytes each. */
class Steps {
  private readonly sources = new NumberList();
  private readonly staged = new NumberList();
  private readonly rows = new NumberList();

  get length(): number {
    return this.sources.length;
  }

  push({ source, staged = NONE, row = NONE }: Step): void {
    this.sources.push(source);
    this.staged.push(staged);
    this.rows.push(row);
  }

  trim(): void {
    for (const list of [this.sources, this.staged, this.rows]) list.trim();
  }

  at(index: number): Required<Step> {
    const row = this.rows.at(index);
    return {
      source: this.sources.at(index),
      staged: this.staged.at(index),
      row: row === NONE ? undefined : row,
    };
  }
}

/**
 * The actions of a plan, in the order in which they are carried out: removals, the deepest first, then
 * folders, then files, then what stays and gets other metadata, the deepest first. Each is made
 * anew whenever it is looked at: there may be a million.
 */
export class PlannedActions implements Iterable<Action> {
  readonly removals: Steps = new Steps();
  readonly folders: Steps = new Steps();
  readonly files: Steps = new Steps();
  readonly touches: Steps = new Steps();
  /** By the name under which it is staged: that of a file, or a file of the workspace, whose further name it is. */
  readonly links: Map<number, string | LinkAnchor> = new Map();
  private readonly changes: TreeChanges;
  private readonly others: OtherPath[] = [];

  constructor(changes: TreeChanges) {
    this.changes = changes;
  }

  get length(): number {
    return this.removals.length + this.folders.length + this.files.length + this.touches.length;
  }

  *[Symbol.iterator](): Generator<Action> {
    const garbage = new Garbage();
    for (let index = 0; index < this.length; index++) {
      yield this.at(index);
      garbage.add(THINGS_EACH);
    }
  }

  /** The action at `index`, which must be there. */
  at(index: number): Action {
    const { removals, folders, files, touches } = this;
    let at = index;
    if (at < removals.length) return this.removal(removals.at(removals.length - 1 - at));
    at -= removals.length;
    if (at < folders.length) return new LazyAction("make-folder", this, folders.at(at)) as Action;
    at -= folders.length;
    if (at < files.length) return this.placing(files.at(at));
    at -= files.length;
    return new LazyAction("touch", this, touches.at(touches.length - 1 - at)) as Action;
  }

  /** There will be no more of them. */
  finish(): void {
    for (const steps of [this.removals, this.folders, this.files, this.touches]) steps.trim();
  }

  /** A path of which there is no change; returns its number. */
  addOther(other: OtherPath): number {
    return this.changes.length + this.others.push(other) - 1;
  }

  pathOf(source: number): RawPath {
    const { changes } = this;
    return source < changes.length ? changes.pathAt(source) : this.otherAt(source).path;
  }

  entryOf(source: number): Entry {
    const { changes } = this;
    return source < changes.length ? changes.afterAt(source) : this.otherAt(source).entry;
  }

  private otherAt(source: number): OtherPath {
    return this.others[source - this.changes.length] as OtherPath;
  }

  private removal({ source, staged, row }: Required<Step>): Action {
    const path = this.pathOf(source);
    return staged === NONE
      ? { kind: "remove-folder", path }
      : { kind: "remove", path, staged: String(staged), row: row as number };
  }

  private placing(step: Required<Step>): Action {
    const linkTo = this.links.size === 0 ? undefined : this.links.get(step.staged);
    const action = new LazyAction("place", this, step);
    return (linkTo === undefined ? action : Object.assign(action, { linkTo })) as Action;
  }
}

/** Whose entry is read when somebody asks for it. */
class LazyAction {
  readonly kind: Action["kind"];
  readonly path: RawPath;
  readonly staged: string;
  readonly row: number | undefined;
  private readonly plan: PlannedActions;
  private readonly source: number;
  private known: Entry | undefined;

  constructor(kind: Action["kind"], plan: PlannedActions, { source, staged, row }: Required<Step>) {
    this.kind = kind;
    this.plan = plan;
    this.source = source;
    this.path = plan.pathOf(source);
    this.staged = String(staged);
    // A folder that is new has no row, and gets its metadata all the same.
    this.row = kind === "touch" ? (row ?? -1) : row;
  }

  get entry(): Entry {
    this.known ??= this.plan.entryOf(this.source);
    return this.known;
  }
}
