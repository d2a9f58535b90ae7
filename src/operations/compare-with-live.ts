import type { Change } from "../model/change.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { diffTables } from "../tree/diff-tables.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { findLinkGroups } from "../tree/link-groups.ts";
import { FLAG, type ScanTable } from "../tree/scan-table.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import { TreeChanges } from "../tree/tree-changes.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { modeInWords } from "./describe-changes.ts";
import { ListedChanges } from "./listed-changes.ts";
import { nameFolders, type SeenState } from "./live-state.ts";
import type { Workspace } from "./open-workspace.ts";
import { linksOf, stateOf, viewOf } from "./tree-of.ts";

/** What leads from a snapshot (null: from nothing) to the workspace as it is. */
export function compareWithLive(
  { store }: Workspace,
  from: Descriptor | null,
  live: SeenState,
): ListedChanges {
  const { table } = live.scan;
  const links = {
    before: from === null ? [] : linksOf(store, from.links),
    after: findLinkGroups(live.scan),
  };
  if (from === null) {
    const all = diffTrees(viewOf(store, from), liveFolder(table));
    return new ListedChanges(new TreeChanges(all, { after: table }), { links });
  }
  const state = stateOf(from);
  const changes = isAsIndexed(state, live)
    ? new TreeChanges(diffTables(live.before, table), { before: live.before, after: table })
    : new TreeChanges(diffTrees(viewOf(store, from), liveFolder(nameFolders(live).scan.table)), {
        after: table,
      });
  return new ListedChanges(changes, { links, root: rootChange(state, rootOf(table)) });
}

/** Whether the index was written of just that tree, so that it tells all that the store would. */
function isAsIndexed(
  { root }: TreeState,
  live: SeenState,
): live is SeenState & { before: ScanTable } {
  const { before, scan } = live;
  if (before === undefined || before.has(0, FLAG.dirty) || !before.has(0, FLAG.hashed))
    return false;
  const { uid, gid } = scan.table;
  const isSameOwner = before.uid[0] === uid[0] && before.gid[0] === gid[0];
  return isSameOwner && before.idOf(0) === root;
}

type RootState = Pick<TreeState, "rootMode" | "rootXattrs">;

function rootOf({ mode, xattrs }: ScanTable): RootState {
  const rootXattrs = xattrs.get(0);
  return { rootMode: mode[0] as number, ...(rootXattrs === undefined ? {} : { rootXattrs }) };
}

/** The workspace folder itself, whose mode and attributes no entry tells. */
export function rootChange(before: RootState, after: RootState): Change[] {
  const differs = [
    ...(before.rootMode === after.rootMode ? [] : (["mode"] as const)),
    ...(before.rootXattrs === after.rootXattrs ? [] : (["xattrs"] as const)),
  ];
  if (differs.length === 0) return [];
  const modes = { mode: modeInWords(after.rootMode), old_mode: modeInWords(before.rootMode) };
  return [{ path: ".", type: "metadata", kind: "directory", ...modes, differs }];
}
