import { JvsError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { TypedPaths } from "../operations/take-snapshot.ts";
import { fromArg } from "./raw-args.ts";
import { splitList } from "./read-labels.ts";
import { emptyPath } from "./usage-error.ts";

/**
 * The paths of a partial snapshot: those of `--paths a,b` count from the root of the workspace, those
 * behind `--` from the current folder.
 *
 * @throws E_USAGE for an empty one, E_PATH_ESCAPE for absolute ones and for those with a `..` in them
 */
export function readPartialPaths(
  flags: readonly string[],
  rest: readonly string[],
): { paths?: TypedPaths } {
  if (flags.includes("") || splitList(flags).includes("")) throw emptyPath();
  const fromRoot = splitList(flags).map(fromArg).map(checkPath);
  const fromHere = rest.map(fromArg).map(checkPath);
  return fromRoot.length + fromHere.length === 0 ? {} : { paths: { fromRoot, fromHere } };
}

function checkPath(path: RawPath): RawPath {
  if (path.startsWith("/")) throw refused(`path must be relative: ${toText(path)}`, path);
  if (path.split("/").includes(".."))
    throw refused(`path cannot contain '..': ${toText(path)}`, path);
  return path;
}

function refused(message: string, path: RawPath): JvsError {
  return new JvsError(message, {
    code: "E_PATH_ESCAPE",
    hint: "Give paths inside the workspace",
    details: { path: toText(path) },
  });
}
