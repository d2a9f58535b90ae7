import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { systemCodeOf } from "../model/errors.ts";
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
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test(systemCodeOf(error))) throw error;
    makeWritable(path);
    rmSync(path, { recursive: true, force: true });
  }
}

/** All drafts. For the holder of a worktree's lock those of that worktree are left over. */
export function listDrafts({ layout }: Repo): Draft[] {
  return listFolderIfAny(layout.drafts).flatMap((name) => {
    const [, id, worktree] = FOLDER_NAME.exec(name) ?? [];
    if (id === undefined || worktree === undefined) return [];
    return [{ id, worktree, path: `${layout.drafts}/${name}` }];
  });
}

/** A copied folder has the mode of its original, which may forbid to remove what is in it. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(`${folder}/${entry.name}`);
  }
}
