import { closeFd, statFd } from "../../fs/at.ts";
import { cloneInto } from "../../fs/clone-into.ts";
import { hasHole, rewind, setLength } from "../../fs/file-io.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import { hashRest } from "../read-pieces.ts";
import type { WriteContext } from "./write-context.ts";

/**
 * Fills a new file by sharing the blocks of a whole one in the store. What came of it is hashed
 * where it lies, since nothing out of the store is believed before. Returns false, and leaves the
 * file empty, where that is not possible or not right: the content may be stored in another way, too.
 *
 * @param fd the new file, open for reading and writing
 * @throws SystemError, E_INTERRUPTED
 */
export async function cloneContent(
  fd: number,
  entry: Entry,
  { content, progress }: WriteContext,
): Promise<boolean> {
  const source = content.openWhole(entry.content as ObjectId);
  if (source === undefined) return false;
  try {
    if (!cloneInto(fd, source)) return false;
  } finally {
    closeFd(source);
  }
  const { name, size } = entry;
  if (isLaidOut(fd, entry) && (await hashRest({ fd, name, size, progress })).id === entry.content)
    return true;
  setLength(fd, 0, name);
  rewind(fd);
  return false;
}

/** Two files of the same bytes may differ in their holes, and the store keeps only one of them. */
function isLaidOut(fd: number, { size, sparse = false }: Entry): boolean {
  const stat = new StatBuffer();
  statFd(fd, stat);
  const isSparse = stat.blocks * 512 < stat.size && hasHole(fd, stat.size);
  return stat.size === size && isSparse === sparse;
}
