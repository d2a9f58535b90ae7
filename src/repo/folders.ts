import { mkdirSync, readdirSync } from "../fs/files.ts";
import { systemCodeOf } from "../model/errors.ts";
import { dirname } from "../model/path.ts";

/** The names in a folder, sorted; none when it does not exist: backups like to leave out empty folders. */
export function listFolderIfAny(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Runs `create`, which makes something at `path`; once more with its folder if that is what lacks. */
export function withFolderOf<T>(path: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path)); // Not recursive: a repository that is gone must not come back as a stump.
    return create();
  }
}
