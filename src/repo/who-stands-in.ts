import { realpathSync } from "node:fs";
import { mountsBelow } from "../fs/mounts.ts";
import { type ProcessAt, processesIn } from "../fs/processes.ts";
import { containsPath } from "../model/contains-path.ts";

/** Whether the folder `cwd` lies in `workspace`, whatever links lead there. */
export function standsIn(workspace: string, cwd: string): boolean {
  try {
    return containsPath(realpathSync(workspace), realpathSync(cwd));
  } catch {
    return containsPath(workspace, cwd); // One of them is gone.
  }
}

/** Other processes that stand in `workspace`, or have something in it open, as far as we may see them. */
export function whoStandsIn(workspace: string): ProcessAt[] {
  return processesIn(realpathSync(workspace));
}

/** What is mounted in `workspace`: to remove it would be to remove what is mounted. */
export function mountsIn(workspace: string): string[] {
  return mountsBelow(realpathSync(workspace));
}
