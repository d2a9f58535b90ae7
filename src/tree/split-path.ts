import type { RawPath } from "../model/raw-path.ts";

/** The folder ("" at the top) and the last part of a path. */
export function splitPath(path: RawPath): { folder: RawPath; name: RawPath } {
  const slash = path.lastIndexOf("/");
  return {
    folder: (slash < 0 ? "" : path.slice(0, slash)) as RawPath,
    name: path.slice(slash + 1) as RawPath,
  };
}
