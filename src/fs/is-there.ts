import { lstatSync } from "node:fs";

/** Whether there is a folder at `path`. A link to one is none. Throws the system's error. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Whether there is anything at `path`, a link that leads nowhere included. Throws the system's error. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
