import { JvsError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { findRowKind, outermostPaths, type PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import { findEntry } from "../tree/tree-source.ts";
import type { Workspace } from "./open-workspace.ts";
import { linksOf, stateOf, viewOf } from "./tree-of.ts";

/**
 * What a snapshot of `paths` alone is made of: head's tree, in which these become as they are in the
 * workspace. A path that is in head but no longer in the workspace is one, too: the snapshot says
 * that it is gone.
 *
 * @throws E_NOT_FOUND for a path that is in neither, or is left out by ignore rules
 */
export function choosePartialScope(
  { repo, store, worktree }: Workspace,
  scan: Scan,
  paths: readonly RawPath[],
): PartialScope {
  const { head_snapshot_id: id } = worktree;
  const head = id === undefined ? null : readDescriptor(repo, id);
  const base = viewOf(store, head);
  for (const path of paths) {
    const kind = findRowKind(scan, path);
    if (kind === "ignored") throw ignored(path);
    if (kind === "none" && findEntry(base, path) === undefined) throw missing(path);
  }
  return {
    paths: outermostPaths(paths),
    base,
    baseState: head === null ? undefined : stateOf(head),
    baseLinks: linksOf(store, head?.links),
    baseLosses: head?.losses ?? [],
  };
}

function missing(path: RawPath): JvsError {
  return new JvsError(`path does not exist: ${toText(path)}`, {
    code: "E_NOT_FOUND",
    hint: "`jvs status` lists what changed, with its paths; nothing was saved",
    details: { path: toText(path) },
  });
}

function ignored(path: RawPath): JvsError {
  return new JvsError(`Cannot save "${toText(path)}": ignore rules leave it out`, {
    code: "E_NOT_FOUND",
    hint: "Take the rule out of .jvsignore, or leave the path out; nothing was saved",
    details: { path: toText(path) },
  });
}
