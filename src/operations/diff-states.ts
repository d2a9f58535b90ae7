import type { ChangeList, ChangeType } from "../model/change.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { DiffQuery, DiffReport } from "../model/reports.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { findLinkGroups, type LinkGroup } from "../tree/link-groups.ts";
import { makePathFilter, resolvePaths } from "../tree/path-filter.ts";
import { sameState, type TreeState } from "../tree/seal-tree.ts";
import { type SideTables, TreeChanges } from "../tree/tree-changes.ts";
import { EMPTY_FOLDER, type FolderView, liveFolder } from "../tree/tree-source.ts";
import { rootChange } from "./compare-with-live.ts";
import type { Context } from "./context.ts";
import { Lineage } from "./lineage.ts";
import { ListedChanges } from "./listed-changes.ts";
import { type LiveState, readLiveState } from "./live-state.ts";
import { openForReading } from "./lock-workspace.ts";
import type { Workspace } from "./open-workspace.ts";
import { isUnknown, refuseUnknownPaths } from "./plan-move.ts";
import { resolveRef } from "./resolve-ref.ts";
import { withSealed } from "./seal/seal-pending.ts";
import { linksOf, stateOf, viewOf } from "./tree-of.ts";

/** One side of a comparison: a snapshot, the workspace, or nothing at all. */
interface Side {
  readonly descriptor: Descriptor | null;
  readonly live?: LiveState;
  readonly name: string;
  readonly view: FolderView;
  readonly links: readonly LinkGroup[];
  readonly state: TreeState | undefined;
}

/**
 * Compares two states. Without refs: the workspace with head, or, when nothing is unsaved, the two
 * newest snapshots of the history. With one ref: that snapshot with the workspace.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_PATH_ESCAPE
 */
export function diffStates(ctx: Context, query: DiffQuery): Promise<DiffReport> {
  return withSealed(ctx, () => compareStates(ctx, query));
}

async function compareStates(ctx: Context, query: DiffQuery): Promise<DiffReport> {
  const workspace = await openForReading(ctx);
  const [from, to] = await chooseSides(ctx, workspace, query);
  const paths = resolvePaths(query.paths as readonly RawPath[], {
    cwd: ctx.cwd,
    workspace: workspace.path,
  });
  const isWanted = await makePathFilter(paths);
  // Of several paths some may have gone; when nobody has any of them, it is a typo.
  const sides = [from.view, to.view];
  if (paths.every((path) => isUnknown(path, sides))) refuseUnknownPaths(paths, sides);
  const all = diffTrees(from.view, to.view);
  const found = new TreeChanges(
    paths.length === 0 ? all : all.filter(({ path }) => isWanted(path)),
    tablesOf(to),
  );
  const wantedLinks = (groups: readonly LinkGroup[]): LinkGroup[] =>
    groups.filter((group) => group.some(isWanted));
  const changes = new ListedChanges(found, {
    links: { before: wantedLinks(from.links), after: wantedLinks(to.links) },
    root: paths.length === 0 && from.state && to.state ? rootChange(from.state, to.state) : [],
  });
  const report = reportOf(from, to, changes);
  if (!query.patch) return report;
  const { makePatches } = await import("./make-patches.ts");
  return { ...report, patches: await makePatches(workspace, found, ctx.progress) };
}

async function chooseSides(
  ctx: Context,
  workspace: Workspace,
  { from, to }: DiffQuery,
): Promise<[Side, Side]> {
  const { repo, worktree } = workspace;
  const scope = { repo, worktree, now: ctx.now() };
  const resolve = (ref: string): Side => stored(workspace, resolveRef(scope, ref), ref);
  if (from !== undefined && to !== undefined) return [resolve(from), resolve(to)];
  if (from !== undefined) return [resolve(from), live(await readLiveState(ctx, workspace))];
  const head =
    worktree.head_snapshot_id === undefined
      ? null
      : readDescriptor(repo, worktree.head_snapshot_id);
  const state = await readLiveState(ctx, workspace);
  if (head === null) return [NOTHING, live(state)];
  if (!sameState(stateOf(head), state.tree)) return [stored(workspace, head, "HEAD"), live(state)];
  return twoNewest(workspace, head);
}

/** What the last step of the history did; automatic and safety snapshots do not count. */
function twoNewest(workspace: Workspace, head: Descriptor): [Side, Side] {
  const parent = new Lineage(workspace.repo)
    .walk(head.snapshot_id)
    .drop(1)
    .find(({ kind }) => kind === "manual" || kind === "import");
  const now = stored(workspace, head, shortId(head.snapshot_id));
  return [
    parent === undefined ? NOTHING : stored(workspace, parent, shortId(parent.snapshot_id)),
    now,
  ];
}

const NOTHING: Side = {
  descriptor: null,
  name: "nothing",
  view: EMPTY_FOLDER,
  links: [],
  state: undefined,
};

function stored({ store }: Workspace, descriptor: Descriptor, ref: string): Side {
  const short = shortId(descriptor.snapshot_id);
  const name = ref === short || descriptor.snapshot_id === ref ? short : `${ref} (${short})`;
  return {
    descriptor,
    name,
    view: viewOf(store, descriptor),
    links: linksOf(store, descriptor.links),
    state: stateOf(descriptor),
  };
}

function live(state: LiveState): Side {
  const { scan, tree } = state;
  return {
    descriptor: null,
    live: state,
    name: "workspace",
    view: liveFolder(scan.table),
    links: findLinkGroups(scan),
    state: tree,
  };
}

function tablesOf({ live }: Side): SideTables {
  return live === undefined ? {} : { after: live.scan.table };
}

function reportOf(from: Side, to: Side, changes: ListedChanges): DiffReport {
  const { counts } = changes;
  const of = (type: ChangeType): ChangeList => ({
    length: counts[type],
    [Symbol.iterator]: () => changes.ofType(type),
  });
  return {
    from_snapshot_id: from.descriptor?.snapshot_id ?? null,
    to_snapshot_id: to.descriptor?.snapshot_id ?? null,
    from_time: from.descriptor?.created_at ?? null,
    to_time: to.descriptor?.created_at ?? null,
    compared: `${from.name} -> ${to.name}`,
    added: of("added"),
    removed: of("removed"),
    modified: of("modified"),
    renamed: of("renamed"),
    metadata: of("metadata"),
    total_added: counts.added,
    total_removed: counts.removed,
    total_modified: counts.modified,
    total_renamed: counts.renamed,
    total_metadata: counts.metadata,
  };
}
