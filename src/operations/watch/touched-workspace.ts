import { askForTouched } from "../../repo/ask-watcher.ts";
import { hasWatcher } from "../../repo/find-watcher.ts";
import { releaseIndex } from "../../tree/mapped-indexes.ts";
import type { ScanTable } from "../../tree/scan-table.ts";
import type { WatchToken } from "../../tree/table-facts.ts";
import { isLittle, type Touched } from "../../tree/touched.ts";
import { canBeWatched, identityOf, type WorkspaceFolder } from "../../tree/workspace-folder.ts";
import { mapCurrentIndex } from "../map-current-index.ts";
import type { Workspace } from "../open-workspace.ts";

/** What a watcher says about a workspace. */
export interface WatchedWorkspace {
  /** The moment from which on it can tell; undefined while it cannot. */
  readonly token?: WatchToken;
  /** What was touched since the index was written; undefined where only a full scan can tell. */
  readonly touched?: { readonly index: ScanTable; readonly paths: Touched };
}

/**
 * After so many seconds all is looked at in any case. What no watcher can see (a file written through
 * a name outside of the workspace that it was given since) does not stay unseen for longer.
 */
const TRUSTED_SECONDS = 900;

/** Asks the watcher, if there is one. Costs next to nothing where there is none. */
export function askWatcher(
  workspace: Workspace,
  folder: WorkspaceFolder,
): WatchedWorkspace | undefined {
  const { repo, worktree } = workspace;
  if (!hasWatcher(repo.layout) || !canBeWatched(folder)) return undefined;
  const index = mapCurrentIndex(repo, worktree.name);
  const since = index?.token;
  const answer = askForTouched(repo.layout, {
    worktree: worktree.name,
    identity: identityOf(folder),
    ...(since === undefined ? {} : { since: { epoch: since.epoch, seq: since.seq } }),
  });
  const now = Date.now() / 1000;
  const paths = answer?.touched;
  if (
    answer?.now !== undefined &&
    index !== undefined &&
    since !== undefined &&
    paths !== undefined
  )
    if (isLittle(index, paths) && isFresh(since, now))
      return { token: { ...answer.now, walkedAt: since.walkedAt }, touched: { index, paths } };
  if (index !== undefined) releaseIndex(index);
  return answer?.now === undefined ? {} : { token: { ...answer.now, walkedAt: now } };
}

/** A clock that was set back tells nothing. */
function isFresh({ walkedAt }: WatchToken, now: number): boolean {
  return walkedAt <= now && now - walkedAt <= TRUSTED_SECONDS;
}
