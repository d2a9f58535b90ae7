import { lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { containsPath } from "../model/contains-path.ts";
import { type ErrorCode, JvsError, systemCodeOf } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { defaultForkPath, workspacePath } from "./layout.ts";
import { faultOfPlace, notOwned } from "./owned-workspace.ts";
import { findRepo, type Repo } from "./repo.ts";

/** Where a new workspace is to be. */
export interface ForkPlace {
  /** As the record has it. */
  readonly path: string;
  /** Absolute. */
  readonly workspace: string;
  /** Outside of the repository's folder: it needs a pointer back. */
  readonly isOutside: boolean;
}

/**
 * Chooses the folder of the new worktree `name`: its usual place, or `wanted` (absolute). Nothing may
 * be there, not even an empty folder: its inode, mode and attributes would be somebody's, too.
 *
 * @throws E_EXISTS when something is there; E_NESTED_REPOSITORY, E_UNSAFE_FOLDER or E_IO when a
 *   workspace cannot be at `wanted`; E_CONFIG when a link stands in the way; E_NAME_INVALID
 */
export function chooseForkPlace(repo: Repo, name: string, wanted: string | undefined): ForkPlace {
  if (wanted === undefined) return free(repo, { name, ...usualPlace(repo, name) });
  const place = placeAt(repo, wanted);
  refuseTaken(place.workspace, "Choose another place with --path");
  const fault = faultOfPlace(repo, { name, path: place.path });
  if (fault !== undefined) throw unfit(place.workspace, `it ${fault.why}`);
  return place;
}

/**
 * The place that a record tells, for a worktree that is brought back.
 *
 * @throws E_EXISTS when something is there; E_CONFIG when it may not be used
 */
export function choosePlaceOf(repo: Repo, { name, path }: Worktree): ForkPlace {
  return free(repo, { name, ...placeOf(repo, path) }, "Move that away, then run the command again");
}

/**
 * Where the folder of a worktree goes when that gets another name: beside its old place, or nowhere
 * when it has a name of its own.
 *
 * @throws E_EXISTS when something is there; E_CONFIG when it may not be used; E_NAME_INVALID
 */
export function choosePlaceForName(repo: Repo, worktree: Worktree, name: string): ForkPlace {
  const old = worktree.path;
  const isUsual = old === defaultForkPath(repo.record.layout, worktree.name);
  const path = basename(old) === worktree.name ? old.slice(0, -worktree.name.length) + name : old;
  if (path === old && !isUsual) return placeOf(repo, old);
  return free(repo, { name, ...(isUsual ? usualPlace(repo, name) : placeOf(repo, path)) });
}

/** The place, if nothing is there and nothing speaks against it. */
function free(
  repo: Repo,
  { name, ...place }: ForkPlace & { readonly name: string },
  hint = "Choose another name, or another place with --path",
): ForkPlace {
  const fault = faultOfPlace(repo, { name, path: place.path });
  if (fault !== undefined) throw notOwned(repo, { name, path: place.path }, fault);
  refuseTaken(place.workspace, hint);
  return place;
}

function placeOf({ layout }: Repo, path: string): ForkPlace {
  return { path, workspace: workspacePath(layout, path), isOutside: path.startsWith("/") };
}

function usualPlace(repo: Repo, name: string): ForkPlace {
  const { layout } = repo.record;
  if (layout === "in-place" && name.endsWith(".json"))
    throw new JvsError(`E_NAME_INVALID: name must not end in '.json': ${name}`, {
      code: "E_NAME_INVALID",
      hint: "Worktrees of this repository lie beside their records, which have such names",
      details: { name },
    });
  return placeOf(repo, defaultForkPath(layout, name));
}

function placeAt(repo: Repo, wanted: string): ForkPlace {
  const parent = realParent(wanted);
  const workspace = resolve(parent, basename(wanted));
  const root = realpathSync(repo.layout.root);
  refuseOther(root, parent, workspace);
  if (!onSameFileSystem(parent, repo.layout.jvs))
    throw unfit(workspace, "it is on another file system than the repository", "E_UNSAFE_FOLDER");
  const isOutside = !containsPath(root, workspace);
  return { path: isOutside ? workspace : relative(root, workspace), workspace, isOutside };
}

function realParent(wanted: string): string {
  try {
    const parent = realpathSync(dirname(wanted));
    if (statSync(parent).isDirectory()) return parent;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENAMETOOLONG") throw unfit(wanted, "the path is too long", "E_IO");
    if (!/^(ENOENT|ENOTDIR|ELOOP)$/.test(code)) throw error;
  }
  throw unfit(wanted, `there is no folder "${dirname(wanted)}"`, "E_IO");
}

/** A workspace in another repository would be taken for its content. */
function refuseOther(root: string, parent: string, workspace: string): void {
  const around = findRepo(parent);
  if (around === undefined || realpathSync(around.layout.root) === root) return;
  throw unfit(workspace, `it lies inside the repository "${around.layout.root}"`);
}

function refuseTaken(workspace: string, hint: string): void {
  const what = describe(workspace);
  if (what === undefined) return;
  throw new JvsError(`Cannot make a worktree at "${workspace}": ${what}`, {
    code: "E_EXISTS",
    hint,
    details: { path: workspace },
  });
}

/** What is there, undefined for nothing. */
function describe(path: string): string | undefined {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return stat.isSymbolicLink() ? "there is a symbolic link" : "something is already there";
  } catch (error) {
    if (systemCodeOf(error) !== "ENAMETOOLONG") throw error;
    throw unfit(path, "the name is too long for the file system", "E_IO");
  }
}

function unfit(workspace: string, why: string, code: ErrorCode = "E_NESTED_REPOSITORY"): JvsError {
  return new JvsError(`Cannot make a worktree at "${workspace}": ${why}`, {
    code,
    hint: "Choose another place with --path, or leave it out",
    details: { path: workspace },
  });
}
