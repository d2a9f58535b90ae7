import { setOwner, statFd } from "../../fs/at.ts";
import { syncFileSystem } from "../../fs/file-io.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { Owner } from "./write-context.ts";

/**
 * Gives a new workspace folder the owner that is wanted, where we may. Returns the one it has: what
 * is written into it and has no owner of its own gets the same, so that the tree stays equal.
 */
export function claimRoot(root: number, wanted: Owner): Owner {
  try {
    setOwner(root, "." as RawPath, wanted);
  } catch (error) {
    if (!/^(EPERM|EINVAL)$/.test(systemCodeOf(error))) throw error;
  }
  const stat = new StatBuffer();
  statFd(root, stat);
  return { uid: stat.uid, gid: stat.gid };
}

/** Makes all that was written below an open folder durable. */
export function syncWritten(root: number): void {
  syncFileSystem(root, "" as RawPath);
}
