import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCodeOf } from "../model/errors.ts";

/**
 * Makes the empty folder of a slot, and the folder of all slots for the first one.
 *
 * @throws the system's `EEXIST` when something is there: it may be somebody's snapshot
 */
export function makeSlotFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path)); // Not recursive: a repository that is gone must not come back as a stump.
    mkdirSync(path, { mode: 0o700 });
  }
}
