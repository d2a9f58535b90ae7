import { statSync } from "node:fs";

/** Whether the folder of a workspace is there, and is one. */
export function hasWorkspaceFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false; // Something on the way there is no folder, or is closed to us.
  }
}
