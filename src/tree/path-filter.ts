import { realpathSync } from "../fs/files.ts";
import { containsPath } from "../model/contains-path.ts";
import { JvsError } from "../model/errors.ts";
import { relative, resolve } from "../model/path.ts";
import { decodeExact, fromText, type RawPath, toText } from "../model/raw-path.ts";

/** Says whether a path (from the root of the workspace) was asked for. */
export type PathFilter = (path: RawPath) => boolean;

/** Everything was asked for. */
export const ALL_PATHS: PathFilter = () => true;

const GLOB = /[*?[\]{}!]/;

/**
 * The paths that a user typed in `cwd`, as paths from the root of the workspace. Where `cwd` was
 * entered through a link, its real place counts; outside of the workspace its root does.
 *
 * @throws E_PATH_ESCAPE for one that leads out of the workspace
 */
export function resolvePaths(
  typed: readonly RawPath[],
  { cwd, workspace }: { cwd: string; workspace: string },
): RawPath[] {
  const places = [
    { from: cwd, root: workspace },
    { from: realpathSync(cwd), root: realpathSync(workspace) },
  ];
  const { from, root } = places.find((place) => containsPath(place.root, place.from)) ?? {
    from: workspace,
    root: workspace,
  };
  return [...new Set(typed.map((path) => resolveOne(path, fromText(from), fromText(root))))];
}

/** Works on bytes: path functions only look at slashes and dots, which are the same in every encoding. */
function resolveOne(path: RawPath, cwd: RawPath, workspace: RawPath): RawPath {
  const inside = relative(workspace, resolve(cwd, path));
  if (inside === ".." || inside.startsWith("../")) throw escapes(path);
  return inside as RawPath;
}

function escapes(path: RawPath): JvsError {
  return new JvsError(`Cannot use the path "${toText(path)}": it leads out of the workspace`, {
    code: "E_PATH_ESCAPE",
    hint: "Give paths inside the workspace, relative to the current folder",
    details: { path: toText(path) },
  });
}

/**
 * What `paths` (see resolvePaths) stand for: a file, a folder with all in it, or a glob pattern
 * (`*`, `**`, `?`, `[...]`, `{a,b}`). A path that exists under its literal name is also matched so.
 */
export async function makePathFilter(paths: readonly RawPath[]): Promise<PathFilter> {
  if (paths.length === 0 || paths.includes("" as RawPath)) return ALL_PATHS;
  const globs = paths.filter(isGlob);
  const matches = globs.length === 0 ? () => false : await compileGlobs(globs);
  return (path) =>
    paths.some((wanted) => path === wanted || path.startsWith(`${wanted}/`)) || matches(path);
}

/** Whether the path is a pattern (too). */
export function isGlob(path: RawPath): boolean {
  return GLOB.test(path);
}

async function compileGlobs(globs: readonly RawPath[]): Promise<PathFilter> {
  const { default: picomatch } = await import("picomatch");
  const match = picomatch(
    globs.map((glob) => decodeExact(glob) ?? glob),
    { dot: true },
  );
  const matchesOne = (path: string): boolean => match(path);
  return (path) => {
    const text = decodeExact(path) ?? path;
    return matchesOne(text) || parentsOf(text).some(matchesOne);
  };
}

/** A pattern that fits a folder stands for all that is in it. */
function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    parents.push(path.slice(0, slash));
  return parents;
}
