import { realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { JvsError } from "../model/errors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { findRepoRoot, openRepo } from "../repo/repo.ts";

/** Archives that others write; a folder of such a name would be taken for one. */
const OTHER_ARCHIVE = /\.(tar\.\w+|tgz|tbz2?|txz|tzst|zip|7z|rar)$/i;

/** What an export writes, and where. */
export interface ExportPlace {
  readonly path: string;
  readonly format: "folder" | "tar";
}

/**
 * Where `target`, as a user typed it, leads from the folder `cwd`, and what it is to be: an archive
 * when it ends in `.tar`, else a folder. One with a slash at its end is a folder in any case.
 *
 * @throws E_USAGE for "", archives of other kinds, and control folders; E_NOT_FOUND when the folder
 *   around it does not exist
 */
export function checkExportTarget(cwd: string, target: string): ExportPlace {
  if (target === "") throw unusable(target, "it has no name", "Name a new folder or a .tar file");
  const path = resolve(cwd, target);
  const isFolder = target.endsWith("/");
  if (!isFolder && isOtherArchive(path))
    throw unusable(
      path,
      "jvs writes folders and .tar files",
      "Write a file that ends in .tar and compress that; for a folder of this name put a / at its end",
    );
  refuseControlFolder(path, realFolder(path));
  return { path, format: !isFolder && path.endsWith(".tar") ? "tar" : "folder" };
}

/** `.TAR` is somebody's guess: the ending is `.tar`. */
function isOtherArchive(path: string): boolean {
  return OTHER_ARCHIVE.test(path) || (/\.tar$/i.test(path) && !path.endsWith(".tar"));
}

/** The folder around `path`, as it really is: without links. */
function realFolder(path: string): string {
  const parent = dirname(path);
  const stat = statSync(parent, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return realpathSync(parent);
  const what = stat === undefined ? "does not exist" : "is no folder";
  throw new JvsError(`Cannot export to "${path}": "${parent}" ${what}`, {
    code: "E_NOT_FOUND",
    hint: `Make it first (mkdir -p "${parent}"), or choose another place`,
    details: { path, folder: parent },
  });
}

/** What is in a control folder is written by jvs alone; only forks in it are the user's. */
function refuseControlFolder(path: string, folder: string): void {
  // By names: the nearest `.jvs` above may be that of any repository, in any state.
  const root = /^(.*?)\/\.jvs(?:\/|$)/.exec(folder)?.[1];
  const isInside = root !== undefined && findRepoRoot(folder) === root && !isInFork(root, folder);
  if (!isInside && basename(path) !== ".jvs") return;
  throw unusable(
    path,
    "it is, or lies in, a control folder",
    "Choose a place outside of any folder .jvs",
  );
}

function isInFork(root: string, folder: string): boolean {
  return locateWorktree(openRepo(root), folder) !== undefined;
}

function unusable(path: string, why: string, hint: string): JvsError {
  return new JvsError(`Cannot export to "${path}": ${why}`, {
    code: "E_USAGE",
    hint,
    details: { path, why },
  });
}
