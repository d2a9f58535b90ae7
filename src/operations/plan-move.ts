import type { Loss } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { LinkAnchor } from "../tree/apply/action.ts";
import { planActions } from "../tree/apply/plan-actions.ts";
import type { PlannedActions } from "../tree/apply/planned-actions.ts";
import { type ComparedFolder, diffTrees, type TreeChange } from "../tree/diff-trees.ts";
import { findLinkGroups, type LinkGroup } from "../tree/link-groups.ts";
import { lossOf } from "../tree/loss-of.ts";
import { isGlob, makePathFilter, type PathFilter } from "../tree/path-filter.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { splitPath } from "../tree/split-path.ts";
import { TreeChanges } from "../tree/tree-changes.ts";
import { type FolderView, findEntry, liveFolder } from "../tree/tree-source.ts";
import { scopeLinks } from "./link-scope.ts";
import { linksOf, viewOf } from "./tree-of.ts";

/** How the workspace gets to the wanted state. */
export interface PlannedMove {
  readonly changes: TreeChanges;
  readonly liveLinks: readonly LinkGroup[];
  readonly wantedLinks: readonly LinkGroup[];
  readonly actions: PlannedActions;
  /** Every folder of the target that was compared, by its path. */
  readonly compared: ReadonlyMap<RawPath, ComparedFolder>;
  /** Paths that are left as they are, and why. */
  readonly kept: readonly RestoreIssue[];
}

/** Where a move leads. */
export interface MoveGoal {
  readonly target: Descriptor;
  /** From the root of the workspace; empty for all of it. */
  readonly paths: readonly RawPath[];
  /** What someone worked on while the move was under way: it is kept beside, or left. */
  readonly edited?: ReadonlySet<RawPath>;
  /** The user typed the paths: one that nobody has is a mistake. */
  readonly mustExist?: boolean;
  /** Undo and redo are whole: a path joins its hard links again, also those beyond `paths`. */
  readonly rejoins?: boolean;
}

const NONE: ReadonlySet<RawPath> = new Set();

/** Compares the scanned workspace with the target, within `paths`, and plans what to do. */
export async function planMove(
  store: ObjectStore,
  scan: Scan,
  { target, paths, edited = NONE, mustExist = false, rejoins = false }: MoveGoal,
): Promise<PlannedMove> {
  const isWanted = await makePathFilter(paths);
  const live = liveFolder(scan.table);
  const wanted = viewOf(store, target);
  const kept = new Map<string, RestoreIssue>();
  const isUntouchable = guard([...scan.losses, ...target.losses, ...ignoredAsLosses(scan)]);
  if (mustExist) refuseUnknownPaths(paths, [live, wanted]);
  const compared = new Map<RawPath, ComparedFolder>();
  const isTaken = (change: TreeChange): boolean => {
    const loss = isUntouchable(change);
    if (loss !== undefined) kept.set(loss.path, { ...loss, kind: "kept" });
    return loss === undefined && !(change.after === undefined && edited.has(change.path));
  };
  const found = diffTrees(live, wanted, compared);
  const changes = new TreeChanges(
    (paths.length === 0 ? found : changesWithin(found, isWanted)).filter(isTaken),
  );
  const { liveLinks, wantedLinks, anchors, parted } = scopeLinks({
    live: findLinkGroups(scan),
    wanted: linksOf(store, target.links),
    isInReach: (path) => isWanted(path) && !isUntouchable({ path }),
    ...(rejoins ? { anchorAt: anchorsIn(live, wanted) } : {}),
  });
  const actions = planActions({
    changes,
    edited,
    table: scan.table,
    liveLinks,
    wantedLinks,
    anchors,
    find: (path) => ({ wanted: findEntry(wanted, path), live: findEntry(live, path) }),
  });
  const issues = [...kept.values(), ...parted];
  return { changes, liveLinks, wantedLinks, actions, compared, kept: issues };
}

/** Files that are as wanted. What differs is looked for when somebody asks. */
function anchorsIn(
  live: FolderView,
  wanted: FolderView,
): (path: RawPath) => LinkAnchor | undefined {
  let differing: Set<RawPath> | undefined;
  return (path) => {
    differing ??= new Set(diffTrees(live, wanted).map((change) => change.path));
    return differing.has(path) ? undefined : anchorAt(live, path);
  };
}

function anchorAt(live: FolderView, path: RawPath): LinkAnchor | undefined {
  const row = findEntry(live, path)?.row;
  return row === undefined ? undefined : { path, row };
}

/** What is wanted, and the folders above that go with it. */
function changesWithin(
  found: Iterable<TreeChange>,
  isWanted: PathFilter,
): IteratorObject<TreeChange> {
  const all = new TreeChanges(found);
  const isNeeded = neededFolders(all, isWanted);
  return all[Symbol.iterator]().filter((change) => isWanted(change.path) || isNeeded(change));
}

/**
 * The folders above single paths that go with them: one that has gone comes back, replacing nothing;
 * one that is not wanted goes, when all that is in it goes.
 */
function neededFolders(all: TreeChanges, isWanted: PathFilter): (change: TreeChange) => boolean {
  const changes = (): Generator<TreeChange> => all[Symbol.iterator]();
  const coming = foldersAbove(
    changes().filter(({ path, after }) => isWanted(path) && after !== undefined),
  );
  const going = foldersAbove(changes().filter(({ path }) => isWanted(path)));
  for (const { path, before } of all) {
    if (before === undefined || isWanted(path) || (before.kind === "d" && going.has(path)))
      continue;
    for (const folder of foldersAbove([{ path }])) going.delete(folder);
  }
  return ({ path, before, after }) =>
    (coming.has(path) && before === undefined && after?.kind === "d") ||
    (going.has(path) && after === undefined && before?.kind === "d");
}

function foldersAbove(changes: Iterable<Pick<TreeChange, "path">>): Set<RawPath> {
  const above = new Set<RawPath>();
  for (const { path } of changes) {
    let { folder } = splitPath(path);
    for (; folder !== "" && !above.has(folder); folder = splitPath(folder).folder)
      above.add(folder);
  }
  return above;
}

/**
 * A path that neither side has is a typo. Patterns may fit nothing.
 *
 * @throws E_NOT_FOUND for the first of them
 */
export function refuseUnknownPaths(paths: readonly RawPath[], sides: readonly FolderView[]): void {
  const path = paths.find((candidate) => isUnknown(candidate, sides));
  if (path === undefined) return;
  throw new JvsError(`Cannot find "${toText(path)}": neither side has it`, {
    code: "E_NOT_FOUND",
    hint: "`jvs ls -R <ref>` lists what a snapshot holds",
    details: { path: toText(path) },
  });
}

/** Whether no side has the path. */
export function isUnknown(path: RawPath, sides: readonly FolderView[]): boolean {
  return path !== "" && !isGlob(path) && sides.every((side) => findEntry(side, path) === undefined);
}

/** What ignore rules keep out of snapshots must not be replaced by a restore either. */
function ignoredAsLosses(scan: Scan): Loss[] {
  const why = "an ignore rule keeps it out of snapshots; move it away to restore over it";
  return ignoredPaths(scan).map((path) => lossOf(path, "ignored", why));
}

/** No tree of ours holds it at its root; a forged one must not put records of its own there. */
const CONTROL_FOLDER = ".jvs";

/** Losses that still are, or were, real content: what no snapshot holds must not be replaced or removed. */
function guard(losses: readonly Loss[]): (change: Pick<TreeChange, "path">) => Loss | undefined {
  const byPath = new Map(
    losses
      .filter(({ kind }) => kind !== "unstable" && kind !== "xattr")
      .map((loss) => [loss.path, loss]),
  );
  byPath.set(CONTROL_FOLDER, {
    path: CONTROL_FOLDER,
    kind: "ignored",
    why: "it is the control folder",
  });
  return ({ path }) => lossAt(byPath, path);
}

function lossAt(byPath: ReadonlyMap<string, Loss>, path: RawPath): Loss | undefined {
  for (let at = path as string; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const loss = byPath.get(toText(at as RawPath));
    if (loss !== undefined || !at.includes("/")) return loss;
  }
}
