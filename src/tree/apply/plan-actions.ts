import type { Entry } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { TreeChange } from "../diff-trees.ts";
import type { LinkGroup } from "../link-groups.ts";
import { FLAG, type ScanTable } from "../scan-table.ts";
import type { ViewedEntry } from "../tree-source.ts";

/** One change to the workspace. `row` is the live name's row in the scan, where there is one. */
export type Action =
  /** A staged file, link or fifo gets its name; what had the name goes to the staging folder. */
  | {
      readonly kind: "place";
      readonly path: RawPath;
      readonly entry: Entry;
      readonly staged: string;
      readonly row: number | undefined;
      /** It is another name of what is staged under that one, or of a file in the workspace. */
      readonly linkTo?: string | LinkAnchor;
    }
  /** A file, link or fifo goes to the staging folder. */
  | {
      readonly kind: "remove";
      readonly path: RawPath;
      readonly staged: string;
      readonly row: number;
    }
  | { readonly kind: "remove-folder"; readonly path: RawPath }
  | { readonly kind: "make-folder"; readonly path: RawPath; readonly entry: Entry }
  /** Owner, attributes, mode and time of what stays. */
  | { readonly kind: "touch"; readonly path: RawPath; readonly entry: Entry; readonly row: number };

/** A file in the workspace that stays, and its row in the scan. */
export interface LinkAnchor {
  readonly path: RawPath;
  readonly row: number;
}

export interface PlanInput {
  /** From the live tree to the wanted one, sorted by path. */
  readonly changes: readonly TreeChange[];
  readonly table: ScanTable;
  readonly liveLinks: readonly LinkGroup[];
  readonly wantedLinks: readonly LinkGroup[];
  /** For groups of `wantedLinks`, which are then to be placed: a file that has their content already. */
  readonly anchors: ReadonlyMap<LinkGroup, LinkAnchor>;
  /** The wanted entry and the live one at a path that is in no change. */
  readonly find: (path: RawPath) => { wanted: Entry | undefined; live: ViewedEntry | undefined };
}

/**
 * What to do, in an order in which each step finds what it needs: removals from the deepest up,
 * folders from the top down, files, and the metadata of folders from the deepest up.
 */
export function planActions(input: PlanInput): Action[] {
  const planner = new Planner(input);
  planner.planLinks();
  for (const change of input.changes) planner.plan(change);
  return planner.inOrder();
}

class Planner {
  private readonly input: PlanInput;
  private readonly removals: Action[] = [];
  private readonly folders: Action[] = [];
  private readonly files: Action[] = [];
  private readonly touches: Action[] = [];
  /** Files that are placed for the sake of their links. */
  private readonly linked = new Set<RawPath>();
  private readonly byPath: Map<RawPath, TreeChange>;
  private names = 0;

  constructor(input: PlanInput) {
    this.input = input;
    this.byPath = new Map(input.changes.map((change) => [change.path, change]));
  }

  inOrder(): Action[] {
    return [...this.removals.reverse(), ...this.folders, ...this.files, ...this.touches.reverse()];
  }

  plan({ path, before, after }: TreeChange): void {
    if (after === undefined) this.remove(path, before as ViewedEntry);
    else if (after.kind === "d") this.planFolder(path, before, after);
    else if (!this.linked.has(path)) this.planFile(path, before, after);
  }

  /** Groups that are not as wanted are placed anew, all their paths; so are paths that must part. */
  planLinks(): void {
    const { liveLinks, wantedLinks, anchors } = this.input;
    const intact = new Set<string>();
    const live = new Map(
      liveLinks.flatMap((group) => group.map((path) => [path, group.join("\0")])),
    );
    for (const group of wantedLinks) {
      const isSame = !anchors.has(group) && live.get(group[0] as RawPath) === group.join("\0");
      if (isSame && !group.some((path) => this.byPath.has(path))) intact.add(group.join("\0"));
      else this.placeGroup(group);
    }
    for (const [path, group] of live)
      if (!intact.has(group) && !this.linked.has(path)) this.placeAlone(path);
  }

  private placeGroup(group: LinkGroup): void {
    let first: string | LinkAnchor | undefined = this.input.anchors.get(group);
    for (const path of group) {
      const { wanted, live } = this.stateOf(path);
      if (wanted === undefined || wanted.kind !== "f") continue;
      first = this.place(path, { before: live, entry: wanted, linkTo: first });
      this.linked.add(path);
    }
  }

  private placeAlone(path: RawPath): void {
    const { wanted, live } = this.stateOf(path);
    if (wanted === undefined || wanted.kind !== "f") return;
    this.place(path, { before: live, entry: wanted, linkTo: undefined });
    this.linked.add(path);
  }

  private stateOf(path: RawPath): { wanted: Entry | undefined; live: ViewedEntry | undefined } {
    const change = this.byPath.get(path);
    return change === undefined
      ? this.input.find(path)
      : { wanted: change.after, live: change.before };
  }

  private remove(path: RawPath, before: ViewedEntry): void {
    if (before.kind === "d") this.removals.push({ kind: "remove-folder", path });
    else
      this.removals.push({
        kind: "remove",
        path,
        staged: this.nextName(),
        row: before.row as number,
      });
  }

  private planFolder(path: RawPath, before: ViewedEntry | undefined, after: ViewedEntry): void {
    if (before?.kind === "d") {
      this.touches.push({ kind: "touch", path, entry: after, row: before.row as number });
      return;
    }
    if (before !== undefined) this.remove(path, before);
    this.folders.push({ kind: "make-folder", path, entry: after });
    this.touches.push({ kind: "touch", path, entry: after, row: -1 });
  }

  private planFile(path: RawPath, before: ViewedEntry | undefined, after: ViewedEntry): void {
    if (before !== undefined && this.isTouchEnough(before, after))
      this.touches.push({ kind: "touch", path, entry: after, row: before.row as number });
    else this.place(path, { before, entry: after, linkTo: undefined });
  }

  /** A file with other names is never changed in place: they may be outside the workspace. */
  private isTouchEnough(before: ViewedEntry, after: ViewedEntry): boolean {
    const isShared = this.input.table.has(before.row as number, FLAG.linked);
    const sameBytes =
      before.content === after.content && (before.sparse === true) === (after.sparse === true);
    return before.kind === after.kind && before.kind !== "l" && sameBytes && !isShared;
  }

  /** A folder in its way is emptied and removed first; whatever else is there changes places with it. */
  private place(
    path: RawPath,
    {
      before,
      entry,
      linkTo,
    }: { before: ViewedEntry | undefined; entry: Entry; linkTo: string | LinkAnchor | undefined },
  ): string {
    const isFolder = before?.kind === "d";
    if (isFolder) this.remove(path, before);
    const staged = this.nextName();
    this.files.push({
      kind: "place",
      path,
      entry,
      staged,
      row: isFolder ? undefined : before?.row,
      ...(linkTo === undefined ? {} : { linkTo }),
    });
    return staged;
  }

  private nextName(): string {
    return String(this.names++);
  }
}
