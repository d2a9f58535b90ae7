import {
  closeFd,
  createFile,
  makeFifo,
  makeLink,
  type Place,
  removeFile,
  setMode,
  setMtime,
  setOwner,
} from "../../fs/at.ts";
import { setLength, skipAhead, writeFully } from "../../fs/file-io.ts";
import { mayHaveXattrs, writeXattrs } from "../../fs/xattrs.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { SMALL_BYTES } from "../content-sink.ts";
import { decodeXattrs } from "../encode-xattrs.ts";
import { cloneContent } from "./clone-content.ts";
import type { Owner, WriteContext } from "./write-context.ts";

/** Holes are looked for in blocks of this many bytes: the smallest that file systems punch. */
const HOLE_BYTES = 4096;
const ZEROS = Buffer.alloc(HOLE_BYTES);

/**
 * Makes a file, link or fifo under a name that must be free, with everything the entry tells.
 * Returns what the system refused, in words.
 *
 * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED; then the name may hold a part of it
 */
export async function writeEntry(
  place: Place,
  entry: Entry,
  context: WriteContext,
): Promise<string[]> {
  const { at, name } = place;
  if (entry.kind === "l")
    makeLink(at, name, bytesToRaw(context.content.read(entry.content as ObjectId)));
  else if (entry.kind === "p") {
    makeFifo(at, name, 0o600);
    if (entry.xattrs === undefined) writeXattrs(at, name, []);
  } else await writeContent(place, entry, context);
  return applyMetadata(place, entry, context);
}

/**
 * Gives what is at `name` the owner, attributes, mode and time of the entry, in the order in which
 * one does not undo the other. Returns what the system refused, in words.
 */
export function applyMetadata(place: Place, entry: Entry, context: WriteContext): string[] {
  const { at, name } = place;
  const refused = applyOwner(place, entry, context.owner);
  if (entry.xattrs !== undefined) {
    const wanted = decodeXattrs(context.content.read(entry.xattrs));
    for (const key of writeXattrs(at, name, wanted)) refused.push(`the attribute ${key}`);
  }
  if (entry.kind !== "l") setMode(at, name, entry.mode);
  if (entry.mtime !== "-") setMtime(at, name, BigInt(entry.mtime));
  return refused;
}

function applyOwner(place: Place, entry: Entry, owner: Owner): string[] {
  const wanted = { uid: entry.uid ?? owner.uid, gid: entry.gid ?? owner.gid };
  // Also where it is ours already: a folder with the setgid bit gives its own group.
  try {
    setOwner(place.at, place.name, wanted);
    return [];
  } catch (error) {
    if (systemCodeOf(error) !== "EPERM" && systemCodeOf(error) !== "EINVAL") throw error;
    return [`the owner ${wanted.uid}:${wanted.gid}`];
  }
}

async function writeContent(place: Place, entry: Entry, context: WriteContext): Promise<void> {
  const fd =
    cloneLive(place, entry, context) ??
    (await cloneContent(place, entry, context)) ??
    (await writeNew(place, entry, context));
  try {
    // A folder's default ACL is given to what is made in it, wanted or not.
    if (entry.xattrs === undefined && mayHaveXattrs(fd)) writeXattrs(place.at, place.name, []);
  } finally {
    closeFd(fd);
  }
}

/** Undefined, and no file, where the other workspace does not have it. */
function cloneLive({ at, name }: Place, entry: Entry, { live }: WriteContext): number | undefined {
  if (live === undefined) return undefined;
  const fd = createFile(at, name);
  let isCloned = false;
  try {
    isCloned = live.cloneInto(fd, entry);
    return isCloned ? fd : undefined;
  } finally {
    if (!isCloned) {
      closeFd(fd);
      removeFile(at, name);
    }
  }
}

async function writeNew({ at, name }: Place, entry: Entry, context: WriteContext): Promise<number> {
  const fd = createFile(at, name);
  try {
    await writeBytes(fd, entry, context);
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

async function writeBytes(
  fd: number,
  { name, content: id, size, sparse }: Entry,
  { content, progress }: WriteContext,
): Promise<void> {
  const isLarge = size > SMALL_BYTES;
  for (const piece of isLarge
    ? content.readPieces(id as ObjectId)
    : [content.read(id as ObjectId)]) {
    if (sparse === true) writeWithHoles(fd, piece, name);
    else writeFully(fd, piece, name);
    if (isLarge) await progress.breathe();
  }
  if (sparse === true) setLength(fd, size, name);
}

/** Writes a piece, leaving a hole for each block of zeros. */
function writeWithHoles(fd: number, piece: Uint8Array, name: RawPath): void {
  for (let at = 0; at < piece.length; at += HOLE_BYTES) {
    const block = piece.subarray(at, at + HOLE_BYTES);
    if (ZEROS.compare(block, 0, block.length, 0, block.length) === 0)
      skipAhead(fd, block.length, name);
    else writeFully(fd, block, name);
  }
}

function bytesToRaw(bytes: Uint8Array): RawPath {
  return Buffer.from(bytes).latin1Slice() as RawPath;
}
