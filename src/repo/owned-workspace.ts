import { lstatSync } from "node:fs";
import { containsPath } from "../model/contains-path.ts";
import { JvsError } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { workspacePath } from "./layout.ts";
import { findLinkOnWay } from "./link-on-way.ts";
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
 * @throws E_CONFIG when it is not the repository's to use, or lies behind a link
 */
export function ownedWorkspace(repo: Repo, worktree: Worktree): string {
  const workspace = workspacePath(repo.layout, worktree.path);
  refuseLinkedWorkspace(repo, worktree);
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

/** The same for whoever looks at all worktrees: undefined for one that is not to be used. */
export function ownedWorkspaceIfAny(repo: Repo, worktree: Worktree): string | undefined {
  try {
    return ownedWorkspace(repo, worktree);
  } catch (error) {
    if (error instanceof JvsError && error.code === "E_CONFIG") return undefined;
    throw error;
  }
}

/**
 * A link in the place of a workspace would have us write wherever it leads.
 *
 * @throws E_CONFIG
 */
export function refuseLinkedWorkspace({ layout }: Repo, { name, path }: Worktree): void {
  const link = path.startsWith("/") ? undefined : findLinkOnWay(layout.root, path);
  if (link === undefined) return;
  throw new JvsError(`Cannot use the worktree "${name}": "${link}" is a symbolic link`, {
    code: "E_CONFIG",
    hint: `Nothing is read or written through it. Put the folder itself there, or remove the link and then run jvs worktree remove ${name}`,
    details: { worktree: name, path: link },
  });
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
