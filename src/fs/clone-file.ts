import { closeFd, createFile, type Place, removeFile } from "./at.ts";
import { cloneInto } from "./clone-into.ts";
import { isOnFuse } from "./mounts.ts";
import type { OpenedFile } from "./opened-file.ts";

/**
 * Makes a new file that holds what `source` holds at this moment, by sharing it: by FICLONE, or on
 * JuiceFS by a request to its mount. It is the caller's own, of now, and has the mode and no
 * attributes. Returns it open for reading, at its beginning; undefined, and there is no file, where
 * nothing can be shared. That is asked for each file anew: it may be so for one and not for another.
 *
 * @param to a name that is free
 * @throws SystemError ENOSPC, EDQUOT, EIO; E_IO with `details.outcome: "unknown"` when a mount went
 *   away in the middle
 */
export async function cloneFile(
  source: OpenedFile,
  to: Place,
  mode: number,
): Promise<number | undefined> {
  if (isOnFuse(to.at)) {
    const { cloneFileByMount } = await import("./juicefs/clone-file-by-mount.ts");
    return await cloneFileByMount(source, to, { mode });
  }
  const fd = createFile(to.at, to.name, mode);
  let isCloned = false;
  try {
    isCloned = cloneInto(fd, source.fd);
    return isCloned ? fd : undefined;
  } finally {
    if (!isCloned) {
      closeFd(fd);
      removeFile(to.at, to.name);
    }
  }
}
