import { FileStat } from "./file-stat.ts";
import { lstatSync } from "./files.ts";

/** Filled anew by each question. */
const seen = new FileStat();

/** Whether there is a folder at `path`. A link to one is none. Throws the system's error. */
export function isFolder(path: string): boolean {
  return lstatSync(path, seen)?.isDirectory() === true;
}

/** Whether there is a link at `path`, wherever it leads. Throws the system's error. */
export function isLink(path: string): boolean {
  return lstatSync(path, seen)?.isSymbolicLink() === true;
}

/** Whether there is anything at `path`, a link that leads nowhere included. Throws the system's error. */
export function isThere(path: string): boolean {
  return lstatSync(path, seen) !== undefined;
}
