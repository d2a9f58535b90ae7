import { mkdirSync } from "node:fs";
import { removeTree } from "../fs/remove-tree.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { draftPath } from "./layout.ts";
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

/** Removes the draft folder and all in it, read-only folders too. Removing what is gone is no error. */
export function removeDraft(path: string): void {
  removeTree(path);
}

/** All drafts. For the holder of a worktree's lock those of that worktree are left over. */
export function listDrafts({ layout }: Repo): Draft[] {
  return listFolderIfAny(layout.drafts).flatMap((name) => {
    const [, id, worktree] = FOLDER_NAME.exec(name) ?? [];
    if (id === undefined || worktree === undefined) return [];
    return [{ id, worktree, path: `${layout.drafts}/${name}` }];
  });
}
