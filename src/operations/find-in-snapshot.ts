import { JvsError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { resolvePaths } from "../tree/path-filter.ts";
import { type FolderView, findEntry, type ViewedEntry } from "../tree/tree-source.ts";
import type { Context } from "./context.ts";
import { openRepository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { viewOf } from "./tree-of.ts";

/** A place in a snapshot. */
export interface FoundPath {
  readonly descriptor: Descriptor;
  readonly store: ObjectStore;
  readonly root: FolderView;
  /** The folder that paths are relative to. */
  readonly workspace: string;
  /** From the root of the workspace. */
  readonly path: RawPath;
  /** Undefined for the root itself. */
  readonly entry: ViewedEntry | undefined;
}

/**
 * Finds what `path` (as typed: relative to the current folder) is in the snapshot `ref`.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_PATH_ESCAPE
 */
export function findInSnapshot(
  ctx: Context,
  { ref, path }: { ref: string; path: RawPath | undefined },
): FoundPath {
  const { repo, store } = openRepository(ctx);
  const place = locateWorktree(repo, ctx.cwd);
  const descriptor = resolveRef({ repo, worktree: place?.worktree, now: ctx.now() }, ref);
  const workspace = place?.workspace ?? ctx.cwd;
  const root = viewOf(store, descriptor);
  const [at = "" as RawPath] =
    path === undefined ? [] : resolvePaths([path], { cwd: ctx.cwd, workspace });
  const entry = at === "" ? undefined : findEntry(root, at);
  if (at === "" || entry !== undefined)
    return { descriptor, store, root, workspace, path: at, entry };
  throw new JvsError(`Cannot find "${toText(at)}" in snapshot ${descriptor.snapshot_id}`, {
    code: "E_NOT_FOUND",
    hint: `\`jvs ls ${ref}\` lists what it holds`,
    details: { path: toText(at), snapshot_id: descriptor.snapshot_id },
  });
}
