import { lstatSync } from "node:fs";

/**
 * The first part of `path` below `root` that is a symbolic link, as an absolute path. The way to
 * `root` may lead through links, they are the user's own; below it none is ever followed.
 */
export function findLinkOnWay(root: string, path: string): string | undefined {
  let at = root;
  for (const part of path.split("/").filter((part) => part !== "" && part !== ".")) {
    at = `${at}/${part}`;
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return at;
  }
  return undefined;
}
