/**
 * The paths of POSIX as node:path has them, for the hot path: to load node:path takes half a
 * millisecond.
 */

/** An absolute path with an empty name, `.` or `..` in it; most have none. */
const NEEDS_WORK = /\/\.{0,2}(?:\/|$)/;

/** The path of the folder that holds `path`: "." where it has none, "/" for the root. */
export function dirname(path: string): string {
  const end = endOf(path);
  const slash = path.lastIndexOf("/", end - 1);
  if (slash < 0) return end === 0 && path !== "" ? "/" : ".";
  return path.slice(0, slash) || "/";
}

/** The last name of `path`. */
export function basename(path: string): string {
  const end = endOf(path);
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

/** The absolute path that the parts lead to, one after the other, from the current folder. */
export function resolve(...parts: readonly string[]): string {
  let path = "";
  for (let at = parts.length - 1; at >= 0 && !path.startsWith("/"); at--)
    if (parts[at] !== "") path = path === "" ? (parts[at] as string) : `${parts[at]}/${path}`;
  if (!path.startsWith("/")) path = `${process.cwd()}/${path}`;
  return NEEDS_WORK.test(path) ? `/${namesOf(path).join("/")}` : path;
}

/** The way from one folder to another. */
export function relative(from: string, to: string): string {
  const [here, there] = [from, to].map((path) => namesOf(resolve(path))) as [string[], string[]];
  let same = 0;
  while (same < here.length && here[same] === there[same]) same++;
  return [...here.slice(same).map(() => ".."), ...there.slice(same)].join("/");
}

/** Where what counts of a path ends: slashes at its end do not. */
function endOf(path: string): number {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return end;
}

/** Names on the way from the root, with `.` and `..` carried out: there is nothing above it. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}
