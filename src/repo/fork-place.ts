import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { containsPath } from "../model/contains-path.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { defaultForkPath, workspacePath } from "./layout.ts";
import { findRepo, type Repo } from "./repo.ts";
import { listWorktrees } from "./worktrees.ts";

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
 * Chooses the folder of the new worktree `name`: its usual place, or `wanted` (absolute).
 *
 * @throws E_EXISTS when something is there; E_NESTED_REPOSITORY, E_UNSAFE_FOLDER or E_IO when a
 *   workspace cannot be at `wanted`; E_NAME_INVALID
 */
export function chooseForkPlace(repo: Repo, name: string, wanted: string | undefined): ForkPlace {
  const place = wanted === undefined ? usualPlace(repo, name) : placeAt(repo, wanted);
  refuseTaken(place.workspace);
  return place;
}

/**
 * The place that a record tells, for a worktree that is brought back.
 *
 * @throws E_EXISTS when something is there
 */
export function choosePlaceOf({ layout }: Repo, { path }: Worktree): ForkPlace {
  const workspace = workspacePath(layout, path);
  refuseTaken(workspace);
  return { path, workspace, isOutside: path.startsWith("/") };
}

/**
 * Where the folder of a worktree goes when that gets another name: beside its old place, or nowhere
 * when it has a name of its own.
 *
 * @throws E_EXISTS when something is there; E_NAME_INVALID
 */
export function choosePlaceForName(repo: Repo, worktree: Worktree, name: string): ForkPlace {
  const { layout, record } = repo;
  const old = worktree.path;
  const isUsual = old === defaultForkPath(record.layout, worktree.name);
  const path = basename(old) === worktree.name ? old.slice(0, -worktree.name.length) + name : old;
  const place = isUsual
    ? usualPlace(repo, name)
    : { path, workspace: workspacePath(layout, path), isOutside: path.startsWith("/") };
  if (place.path !== old) refuseTaken(place.workspace);
  return place;
}

function usualPlace({ layout, record }: Repo, name: string): ForkPlace {
  if (record.layout === "in-place" && name.endsWith(".json"))
    throw new JvsError(`E_NAME_INVALID: name must not end in '.json': ${name}`, {
      code: "E_NAME_INVALID",
      hint: "Worktrees of this repository lie beside their records, which have such names",
      details: { name },
    });
  const path = defaultForkPath(record.layout, name);
  return { path, workspace: workspacePath(layout, path), isOutside: false };
}

function placeAt(repo: Repo, wanted: string): ForkPlace {
  const parent = realParent(wanted);
  const workspace = resolve(parent, basename(wanted));
  const root = realpathSync(repo.layout.root);
  refuseInside(repo, parent, workspace);
  if (!onSameFileSystem(parent, repo.layout.jvs))
    throw unfit(workspace, "it is on another file system than the repository", "E_UNSAFE_FOLDER");
  const isOutside = !containsPath(root, workspace);
  return { path: isOutside ? workspace : relative(root, workspace), workspace, isOutside };
}

function realParent(wanted: string): string {
  try {
    const parent = realpathSync(dirname(wanted));
    if (statSync(parent).isDirectory() && basename(wanted) !== "") return parent;
  } catch (error) {
    if (!/^(ENOENT|ENOTDIR)$/.test(systemCodeOf(error))) throw error;
  }
  throw unfit(wanted, `there is no folder "${dirname(wanted)}"`, "E_IO");
}

/** A workspace in another one would be taken for its content: snapshots of it, and restores over it. */
function refuseInside(repo: Repo, parent: string, workspace: string): void {
  const around = findRepo(parent);
  if (around !== undefined && realpathSync(around.layout.root) !== realpathSync(repo.layout.root))
    throw unfit(workspace, `it lies inside the repository "${around.layout.root}"`);
  const { layout } = repo;
  if (containsPath(realIfAny(layout.jvs), workspace)) throw unfit(workspace, "it lies in .jvs");
  for (const { name, path } of listWorktrees(repo).worktrees)
    if (containsPath(realIfAny(workspacePath(layout, path)), workspace))
      throw unfit(workspace, `it lies inside the worktree '${name}'`);
}

/** An empty folder may be there: it is taken. */
function refuseTaken(workspace: string): void {
  try {
    if (readdirSync(workspace).length === 0) return;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return;
    if (systemCodeOf(error) !== "ENOTDIR") throw error;
  }
  throw new JvsError(`Cannot make a worktree at "${workspace}": something is already there`, {
    code: "E_EXISTS",
    hint: "Choose another name, or another place with --path",
    details: { path: workspace },
  });
}

function unfit(
  workspace: string,
  why: string,
  code: "E_NESTED_REPOSITORY" | "E_UNSAFE_FOLDER" | "E_IO" = "E_NESTED_REPOSITORY",
): JvsError {
  return new JvsError(`Cannot make a worktree at "${workspace}": ${why}`, {
    code,
    hint: "Choose another place with --path, or leave it out",
    details: { path: workspace },
  });
}

function realIfAny(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Gone: nothing can be inside.
  }
}
