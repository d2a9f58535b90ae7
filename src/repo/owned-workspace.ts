import { lstatSync, realpathSync, statSync } from "../fs/files.ts";
import { containsPath } from "../model/contains-path.ts";
import { JvsError } from "../model/errors.ts";
import { dirname, relative, resolve } from "../model/path.ts";
import type { Worktree } from "../model/worktree.ts";
import { usualPath, workspacePath } from "./layout.ts";
import type { Repo } from "./repo.ts";
import { isPointedFrom } from "./worktree-pointer.ts";
import { listWorktrees } from "./worktrees.ts";

/** Why the folder that a record names is not its worktree's to use. */
export interface PlaceFault {
  /** Behind "the folder": `is a link`. */
  readonly why: string;
  readonly hint: string;
  /** The way there leads through a symbolic link, this one. */
  readonly link?: string;
}

type Place = Pick<Worktree, "name" | "path">;

const RECORD_HINT = "Its record in .jvs/worktrees was altered: put that back from a backup";

/**
 * The one answer to the question whether a worktree may use the folder of its record. Records can
 * come with anybody's archive, and folders can be exchanged for links: neither must lead a command
 * outside, into the records, or into another worktree. Each worktree may use its usual place; another
 * one only where nobody else is, and outside of the repository's folder only one that says of itself
 * that it belongs to the repository, or that does not exist.
 *
 * @param among the worktrees that it must not get in the way of; its own record may be one of them
 */
export function faultOfPlace(
  repo: Repo,
  place: Place,
  among: () => readonly Worktree[] = () => listWorktrees(repo).worktrees,
): PlaceFault | undefined {
  const isUsual = isAtUsualPlace(repo, place);
  const fault = faultAlone(repo, place, isUsual);
  return fault !== undefined || isUsual ? fault : faultAmong(repo, place, among());
}

/**
 * The folder of a worktree, for everything that looks into it or changes it.
 *
 * @throws E_CONFIG when it is not the worktree's to use
 */
export function ownedWorkspace(repo: Repo, worktree: Worktree): string {
  const fault = faultOfPlace(repo, worktree);
  if (fault === undefined) return pathOf(repo, worktree);
  throw notOwned(repo, worktree, fault);
}

/** @returns E_CONFIG, with what is wrong with the place */
export function notOwned(repo: Repo, place: Place, { why, hint, link }: PlaceFault): JvsError {
  const path = pathOf(repo, place);
  return new JvsError(`Cannot use the worktree "${place.name}": its folder "${path}" ${why}`, {
    code: "E_CONFIG",
    hint,
    details: { worktree: place.name, path, ...(link === undefined ? {} : { link }) },
  });
}

function pathOf({ layout }: Repo, { path }: Place): string {
  return workspacePath(layout, path);
}

function isAtUsualPlace(repo: Repo, place: Place): boolean {
  const usual = usualPath(repo.record.layout, place.name);
  return pathOf(repo, place) === workspacePath(repo.layout, usual);
}

/** What is wrong with a place whatever other worktrees there are. */
function faultAlone(repo: Repo, place: Place, isUsual: boolean): PlaceFault | undefined {
  const path = pathOf(repo, place);
  const link = linkOnTheWay(repo, path);
  if (link !== undefined)
    return {
      why: link === path ? "is a symbolic link" : `is reached through the symbolic link "${link}"`,
      hint: `Put a real folder in the place of "${link}": what a link leads to is not the worktree's`,
      link,
    };
  if (isUsual) return undefined;
  const why = reservedFor(repo, place.name, path);
  if (why !== undefined) return { why, hint: RECORD_HINT };
  if (isInside(repo, path) || isPointedFrom(path, repo.record.repo_id) || !isThere(path))
    return undefined;
  return {
    why: "does not belong to this repository",
    hint: `It lacks the file .jvs that "jvs worktree fork --path" leaves in one; or its record in .jvs/worktrees was altered`,
  };
}

function reservedFor({ layout, record }: Repo, name: string, path: string): string | undefined {
  if (name === "main") return "is not the place of main";
  if (lies(layout.jvs, path)) return "lies in .jvs";
  if (lies(path, layout.root)) return "holds the repository";
  const usual = dirname(workspacePath(layout, usualPath(record.layout, "x")));
  if (lies(usual, path)) return `lies in "${usual}", where other worktrees have their places`;
  return undefined;
}

/**
 * Another worktree that has its folder there, around it, or in it. One that is at fault itself does
 * not count; nor do usual places but that of main: who lies there is at fault already.
 */
function faultAmong(repo: Repo, place: Place, among: readonly Worktree[]): PlaceFault | undefined {
  const path = pathOf(repo, place);
  const mine = { path, real: realIfAny(path), around: identitiesAround(path) };
  for (const other of among) {
    const isUsual = isAtUsualPlace(repo, other);
    if (other.name === place.name || (isUsual && other.name !== "main")) continue;
    const relation = relationOf(mine, pathOf(repo, other));
    if (relation === undefined || faultAlone(repo, other, isUsual) !== undefined) continue;
    return { why: `${relation} the worktree '${other.name}'`, hint: RECORD_HINT };
  }
  return undefined;
}

/** A folder by what is written, and by what is there: itself and all that it lies in. */
interface Whereabouts {
  readonly path: string;
  readonly real: string;
  readonly around: readonly string[];
}

/** One system call for each other worktree: this is asked by every command. */
function relationOf({ path, real, around }: Whereabouts, taken: string): string | undefined {
  const identity = identityOf(taken) ?? "";
  if (taken === path || taken === real || identity === around[0]) return "is that of";
  const isInside = containsPath(taken, path) || containsPath(taken, real);
  if (isInside || around.includes(identity)) return "lies inside";
  return containsPath(path, taken) || containsPath(real, taken) ? "holds" : undefined;
}

/** Of the folder and all above it, itself first; a blank where there is none. */
function identitiesAround(path: string): string[] {
  const found: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) found.push(identityOf(at) ?? " ");
  return found;
}

/** Below the repository's folder no part may be a link; the way to it, or to a folder outside, is the user's own. */
function linkOnTheWay(repo: Repo, path: string): string | undefined {
  if (!isInside(repo, path)) return isLink(path) ? path : undefined;
  const root = containsPath(repo.layout.root, path)
    ? repo.layout.root
    : realpathSync(repo.layout.root);
  let at = root;
  for (const name of relative(root, path).split("/")) {
    at = resolve(at, name);
    if (at !== root && isLink(at)) return at;
  }
  return undefined;
}

function isInside({ layout: { root } }: Repo, path: string): boolean {
  return containsPath(root, path) || containsPath(realIfAny(root), path);
}

/** Whether `inner` is the folder `outer` or lies in it: by what is written, and by what is there. */
function lies(outer: string, inner: string): boolean {
  if (containsPath(outer, inner) || containsPath(realIfAny(outer), realIfAny(inner))) return true;
  const identity = identityOf(outer);
  return identity !== undefined && identitiesAround(inner).includes(identity);
}

function identityOf(path: string): string | undefined {
  try {
    return statSync(path)?.identity;
  } catch {
    return undefined; // Closed to us.
  }
}

function realIfAny(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Gone: what is written is all there is.
  }
}

function isLink(path: string): boolean {
  return lstatIfAny(path)?.isSymbolicLink() === true;
}

function isThere(path: string): boolean {
  return lstatIfAny(path) !== undefined;
}

function lstatIfAny(path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined; // The way there leads through something that is no folder, or is closed to us.
  }
}
