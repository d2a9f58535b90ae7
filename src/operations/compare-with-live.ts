import type { Change } from "../model/change.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { findLinkGroups } from "../tree/link-groups.ts";
import { sameState, type TreeState } from "../tree/seal-tree.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { describeChanges, modeInWords } from "./describe-changes.ts";
import type { LiveState } from "./live-state.ts";
import type { Workspace } from "./open-workspace.ts";
import { linksOf, stateOf, viewOf } from "./tree-of.ts";

/** What leads from a snapshot (null: from nothing) to the workspace as it is. */
export function compareWithLive(
  { store }: Workspace,
  from: Descriptor | null,
  live: LiveState,
): Change[] {
  const before = from === null ? undefined : stateOf(from);
  if (before !== undefined && sameState(before, live.tree)) return [];
  const changes = describeChanges(diffTrees(viewOf(store, from), liveFolder(live.scan.table)), {
    before: from === null ? [] : linksOf(store, from.links),
    after: findLinkGroups(live.scan),
  });
  return before === undefined ? changes : [...rootChange(before, live.tree), ...changes];
}

/** The workspace folder itself, whose mode and attributes no entry tells. */
export function rootChange(before: TreeState, after: TreeState): Change[] {
  const differs = [
    ...(before.rootMode === after.rootMode ? [] : (["mode"] as const)),
    ...(before.rootXattrs === after.rootXattrs ? [] : (["xattrs"] as const)),
  ];
  if (differs.length === 0) return [];
  const modes = { mode: modeInWords(after.rootMode), old_mode: modeInWords(before.rootMode) };
  return [{ path: ".", type: "metadata", kind: "directory", ...modes, differs }];
}
