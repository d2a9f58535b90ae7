import { closeFd } from "../fs/at.ts";
import { type LockMode, tryLockFile } from "../fs/flock.ts";
import { openControlFileToWrite } from "./control-file.ts";
import { withFolderOf } from "./folders.ts";

/**
 * Opens the lock file at `path`, makes it if need be, and takes its lock. Closing the descriptor
 * gives the lock back; so does the end of the process. Programs that are started meanwhile do not
 * inherit the descriptor (the runtime opens all files so), and so cannot keep the lock.
 *
 * Nobody may ever delete the file: whoever holds it would then hold a lock that others do not see.
 *
 * @returns undefined while another holds it in a way that excludes `mode`.
 */
export function tryLockPath(path: string, mode: LockMode = "exclusive"): number | undefined {
  const fd = withFolderOf(path, () => openControlFileToWrite(path));
  let isLocked = false;
  try {
    isLocked = tryLockFile(fd, path, mode);
    return isLocked ? fd : undefined;
  } finally {
    if (!isLocked) closeFd(fd);
  }
}
