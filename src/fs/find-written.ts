import { SystemError } from "../model/errors.ts";
import { Garbage } from "../model/garbage.ts";
import { joinRaw, type RawPath } from "../model/raw-path.ts";
import { closeFd, openForRead, statAt } from "./at.ts";
import { leaseForReading } from "./file-io.ts";
import { FolderCursor } from "./folder-cursor.ts";
import { FolderLister, NAME_OFFSET, recordLength } from "./list-folder.ts";
import { StatBuffer } from "./stat-buffer.ts";

/** Kinds of names in a `struct linux_dirent64` (dirent.h); some file systems tell none. */
const DT_UNKNOWN = 0;
const DT_DIR = 4;
const DT_REG = 8;
const TYPE_OFFSET = 18;

interface Listed {
  readonly name: RawPath;
  readonly type: number;
}

/**
 * The files below the open folder `root` that some process, whosever it is, has open for writing, see
 * {@link isBeingWritten}. What we may not look into is passed over.
 */
export function findWritten(root: number): RawPath[] {
  using cursor = new FolderCursor(root);
  const lister = new FolderLister();
  const written: RawPath[] = [];
  const folders = ["" as RawPath];
  const garbage = new Garbage();
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const path = folder;
    const fd = openIfAny(() => cursor.open(path));
    const listed = fd === undefined ? [] : listKinds(lister, fd, path);
    folders.push(...namesOf(listed, DT_DIR).map((name) => joinRaw(path, name)));
    for (const name of namesOf(listed, DT_REG))
      if (hasWriter(fd as number, name)) written.push(joinRaw(path, name));
    garbage.add(listed.length);
  }
  return written.sort();
}

function namesOf(listed: readonly Listed[], wanted: number): RawPath[] {
  return listed.filter(({ type }) => type === wanted).map(({ name }) => name);
}

/** Whether somebody has the file open for writing, whatever its name is now; false for what is no file. */
export function hasWriter(at: number, name: RawPath): boolean {
  const fd = openIfAny(() => openForRead(at, name));
  if (fd === undefined) return false;
  // Closing it ends the lease.
  const isWritten = leaseForReading(fd) === "somebody writes";
  closeFd(fd);
  return isWritten;
}

function listKinds(lister: FolderLister, fd: number, path: RawPath): Listed[] {
  const stat = new StatBuffer();
  const end = lister.readAll(fd, path);
  const bytes = Buffer.from(lister.bytes.buffer);
  const listed: Listed[] = [];
  for (let at = 0; at < end; at += recordLength(bytes, at)) {
    const start = at + NAME_OFFSET;
    const name = bytes.latin1Slice(start, bytes.indexOf(0, start)) as RawPath;
    const type = bytes[at + TYPE_OFFSET] as number;
    if (name === "." || name === "..") continue;
    listed.push({ name, type: type === DT_UNKNOWN ? typeOf(fd, name, stat) : type });
  }
  return listed;
}

function typeOf(at: number, name: RawPath, stat: StatBuffer): number {
  const S_IFMT_SHIFT = 12; // The kernel's DT_* are these bits (fs_types.h).
  return statAt(at, name, stat) ? stat.mode >> S_IFMT_SHIFT : DT_UNKNOWN;
}

/** Undefined for what has gone, is a link, or is closed to us: nobody can be asked. */
function openIfAny(open: () => number): number | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
