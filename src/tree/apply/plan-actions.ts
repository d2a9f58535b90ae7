import type { Entry } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { TreeChange } from "../diff-trees.ts";
import type { LinkGroup } from "../link-groups.ts";
import { FLAG, type ScanTable } from "../scan-table.ts";
import type { TreeChanges } from "../tree-changes.ts";
import type { ViewedEntry } from "../tree-source.ts";
import type { LinkAnchor } from "./action.ts";
import { PlannedActions } from "./planned-actions.ts";

export interface PlanInput {
  /** From the live tree to the wanted one, sorted by path. */
  readonly changes: TreeChanges;
  /** Paths where something unexpected stands under a name that should be free. */
  readonly edited: ReadonlySet<RawPath>;
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
export function planActions(input: PlanInput): PlannedActions {
  const planner = new Planner(input);
  planner.planLinks();
  planner.planChanges();
  return planner.actions;
}

/** What is at a path, and the number by which actions know it. */
interface PathState {
  readonly source: number;
  readonly wanted: Entry | undefined;
  readonly live: ViewedEntry | undefined;
}

class Planner {
  readonly actions: PlannedActions;
  private readonly input: PlanInput;
  /** Files that are placed for the sake of their links. */
  private readonly linked = new Set<RawPath>();
  /** Numbers of changes; only of use where there are links. */
  private readonly byPath = new Map<RawPath, number>();
  private names = 0;

  constructor(input: PlanInput) {
    const { changes, liveLinks, wantedLinks } = input;
    this.input = input;
    this.actions = new PlannedActions(changes);
    if (liveLinks.length + wantedLinks.length === 0) return;
    for (let index = 0; index < changes.length; index++)
      this.byPath.set(changes.pathAt(index), index);
  }

  planChanges(): void {
    let source = 0;
    for (const change of this.input.changes) {
      this.plan(source, change);
      source++;
    }
    this.actions.finish();
  }

  private plan(source: number, { path, before, after }: TreeChange): void {
    const live = this.input.edited.has(path) ? undefined : before;
    if (after === undefined) this.remove(source, live as ViewedEntry);
    else if (after.kind === "d") this.planFolder({ source, wanted: after, live });
    else if (!this.linked.has(path)) this.planFile({ source, wanted: after, live });
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
      const state = this.stateOf(path);
      if (state?.wanted?.kind !== "f") continue;
      first = this.place(state, first);
      this.linked.add(path);
    }
  }

  private placeAlone(path: RawPath): void {
    const state = this.stateOf(path);
    if (state?.wanted?.kind !== "f") return;
    this.place(state, undefined);
    this.linked.add(path);
  }

  private stateOf(path: RawPath): PathState | undefined {
    const source = this.byPath.get(path);
    if (source === undefined) {
      const { wanted, live } = this.input.find(path);
      if (wanted === undefined) return undefined;
      return { source: this.actions.addOther({ path, entry: wanted }), wanted, live };
    }
    const { before, after } = this.input.changes.at(source);
    return { source, wanted: after, live: this.input.edited.has(path) ? undefined : before };
  }

  private remove(source: number, { kind, row }: ViewedEntry): void {
    this.actions.removals.push(kind === "d" ? { source } : { source, staged: this.names++, row });
  }

  private planFolder({ source, live }: PathState): void {
    const { folders, touches } = this.actions;
    if (live?.kind === "d") {
      touches.push({ source, row: live.row });
      return;
    }
    if (live !== undefined) this.remove(source, live);
    folders.push({ source });
    touches.push({ source });
  }

  private planFile(state: PathState): void {
    if (this.isTouchEnough(state))
      this.actions.touches.push({ source: state.source, row: state.live?.row });
    else this.place(state, undefined);
  }

  /** A file with other names is never changed in place: they may be outside the workspace. */
  private isTouchEnough({ live, wanted }: PathState): boolean {
    if (live === undefined || wanted === undefined) return false;
    const isShared = this.input.table.has(live.row as number, FLAG.linked);
    const sameBytes =
      live.content === wanted.content && (live.sparse === true) === (wanted.sparse === true);
    return live.kind === wanted.kind && live.kind !== "l" && sameBytes && !isShared;
  }

  /** A folder in its way is emptied and removed first; whatever else is there changes places with it. */
  private place({ source, live }: PathState, linkTo: string | LinkAnchor | undefined): string {
    const isFolder = live?.kind === "d";
    if (isFolder) this.remove(source, live);
    const staged = this.names++;
    this.actions.files.push({ source, staged, row: isFolder ? undefined : live?.row });
    if (linkTo !== undefined) this.actions.links.set(staged, linkTo);
    return String(staged);
  }
}
