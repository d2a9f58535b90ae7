import { closeFd, type Place, removeFile, statFd } from "../../fs/at.ts";
import { cloneFile } from "../../fs/clone-file.ts";
import { hasHole } from "../../fs/file-io.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import { SMALL_BYTES } from "../content-sink.ts";
import { hashRest } from "../read-pieces.ts";
import type { WriteContext } from "./write-context.ts";

/** For us alone, until it gets its own. */
const OUR_MODE = 0o600;

/**
 * Makes a large file by sharing a whole one in the store. What came of it is hashed where it lies,
 * since nothing out of the store is believed before. Returns it open for reading; undefined, and no
 * file, where that is not possible or not right: the content may be stored in another way, too.
 *
 * @param place a name that is free
 * @throws SystemError, E_INTERRUPTED; then the name may hold it
 */
export async function cloneContent(
  place: Place,
  entry: Entry,
  context: WriteContext,
): Promise<number | undefined> {
  if (entry.size <= SMALL_BYTES) return undefined;
  using source = context.content.openWhole(entry.content as ObjectId);
  const fd = source && (await cloneFile(source, place, OUR_MODE));
  if (fd === undefined) return undefined;
  let isIt = false;
  try {
    isIt = await holds(fd, entry, context);
    return isIt ? fd : undefined;
  } finally {
    if (!isIt) {
      closeFd(fd);
      removeFile(place.at, place.name);
    }
  }
}

async function holds(fd: number, entry: Entry, { progress }: WriteContext): Promise<boolean> {
  const { name, size, content } = entry;
  return isLaidOut(fd, entry) && (await hashRest({ fd, name, size, progress })).id === content;
}

/** Two files of the same bytes may differ in their holes, and the store keeps only one of them. */
function isLaidOut(fd: number, { size, sparse = false }: Entry): boolean {
  const stat = new StatBuffer();
  statFd(fd, stat);
  const isSparse = stat.blocks * 512 < stat.size && hasHole(fd, stat.size);
  return stat.size === size && isSparse === sparse;
}
