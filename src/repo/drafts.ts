import { mkdirSync } from "../fs/files.ts";
import { isFolder } from "../fs/is-there.ts";
import { removeByHand } from "../fs/remove-tree.ts";
import { onSameDevice } from "../fs/same-file-system.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { draftPath, stagingPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** A folder in which something for a worktree is put together before it is published. */
export interface Draft {
  readonly id: string;
  readonly worktree: string;
  readonly path: string;
}

const FOLDER_NAME = /^([^.]+)\.(.+)$/s;

/**
 * Makes the draft folder and gives its path. `id` has no dots.
 *
 * @throws the system's `EEXIST` when there is one of that id; E_NAME_INVALID.
 */
export function openDraft({ layout }: Repo, { id, worktree }: Omit<Draft, "path">): string {
  const path = draftPath(layout, id, worktree);
  withFolderOf(path, () => mkdirSync(path));
  return path;
}

/**
 * Makes a folder for what comes into a workspace, and for what leaves it, by renames: the draft folder
 * where names can be moved from there; in a subvolume of btrfs one in the workspace itself, which no
 * scan looks at.
 *
 * @throws the system's error; E_NAME_INVALID
 */
export function openStaging(repo: Repo, workspace: string, wanted: Omit<Draft, "path">): string {
  const { layout } = repo;
  if (onSameDevice(layout.jvs, workspace)) return openDraft(repo, wanted);
  return openStagingIn(workspace, wanted.id);
}

/** The same in a workspace that nobody knows yet, so that it goes with it. */
export function openStagingIn(workspace: string, id: string): string {
  const path = stagingPath(workspace, id);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** The folder that {@link openStaging} made; undefined when there is none. */
export function findStaging(
  { layout }: Repo,
  workspace: string,
  { id, worktree }: Omit<Draft, "path">,
): string | undefined {
  const places = [draftPath(layout, id, worktree), stagingPath(workspace, id)];
  return places.find(isFolder);
}

/** Removes the draft folder and all in it, read-only folders too. Removing what is gone is no error. */
export function removeDraft(path: string): void {
  removeByHand(path);
}

/** All drafts. For the holder of a worktree's lock those of that worktree are left over. */
export function listDrafts({ layout }: Repo): Draft[] {
  return listFolderIfAny(layout.drafts).flatMap((name) => {
    const [, id, worktree] = FOLDER_NAME.exec(name) ?? [];
    if (id === undefined || worktree === undefined) return [];
    return [{ id, worktree, path: `${layout.drafts}/${name}` }];
  });
}
