import { lstatSync } from "node:fs";
import { containsPath } from "../model/contains-path.ts";
import { JvsError } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { workspacePath } from "./layout.ts";
import type { Repo } from "./repo.ts";
import { isPointedFrom } from "./worktree-pointer.ts";

/**
 * Whether a folder may be a workspace of the repository: it lies inside of the repository's folder,
 * says of itself that it belongs to it, or does not exist. Records can come with anybody's archive;
 * one of them must not claim a place that knows nothing of it.
 */
export function isOwned({ record }: Repo, root: string, workspace: string): boolean {
  return (
    containsPath(root, workspace) || isPointedFrom(workspace, record.repo_id) || !isThere(workspace)
  );
}

/**
 * The folder of a worktree, for everything that looks into it or changes it.
 *
 * @throws E_CONFIG when it is not the repository's to use
 */
export function ownedWorkspace(repo: Repo, worktree: Worktree): string {
  const workspace = workspacePath(repo.layout, worktree.path);
  if (isOwned(repo, repo.layout.root, workspace)) return workspace;
  throw new JvsError(
    `Cannot use the worktree "${worktree.name}": "${workspace}" does not belong to this repository`,
    {
      code: "E_CONFIG",
      hint: `Its record names a folder without the file .jvs that "jvs worktree fork --path" leaves in one`,
      details: { worktree: worktree.name, path: workspace },
    },
  );
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
