import { mkdirSync } from "../fs/files.ts";
import { systemCodeOf } from "../model/errors.ts";
import { dirname } from "../model/path.ts";

/**
 * Makes the empty folder of a slot, and the folder of all slots where that is not there.
 *
 * @throws the system's `EEXIST` when something is there: it may be somebody's snapshot
 */
export function makeSlotFolder(path: string): void {
  makeSlotsFolder(path);
  mkdirSync(path, { mode: 0o700 });
}

/** Makes the folder that the slot `path` is to be in, where it is not there: backups leave out empty ones. */
export function makeSlotsFolder(path: string): void {
  try {
    mkdirSync(dirname(path)); // Not recursive: a repository that is gone must not come back as a stump.
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw error;
  }
}
