import { closeFd, openForRead, statFd } from "../fs/at.ts";
import { IoBuffer, readFully } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import { splitPath } from "../tree/split-path.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import { RowQueue } from "./row-queue.ts";
import type { SlotAudit, SlotEntry } from "./slot-audit.ts";

/** A file in the folder of a snapshot that is not as it was. */
export interface SlotProblem {
  readonly path: RawPath;
  readonly content: ObjectId;
  readonly why: string;
}

const PIECE_BYTES = 1 << 20;

/**
 * Takes files from the queue until it is empty, checks each and adds what is wrong to `problems`. Comes
 * up for air with the number of the last one.
 *
 * @throws SystemError for what is no fault of the file
 */
export function* checkSlotFiles(audit: SlotAudit, problems: SlotProblem[]): Generator<number> {
  using root = openWorkspaceFolder(audit.slot);
  using cursor = new FolderCursor(root.fd);
  const buffer = new IoBuffer(PIECE_BYTES);
  for (const number of new RowQueue(audit.queue).take()) {
    const entry = audit.entries[number] as SlotEntry;
    const why = yield* faultOf(entry, { cursor, buffer, quick: audit.quick, number });
    if (why !== undefined) problems.push({ path: entry.path, content: entry.content, why });
    yield number;
  }
}

interface Tools {
  readonly cursor: FolderCursor;
  readonly buffer: IoBuffer;
  readonly quick: boolean;
  readonly number: number;
}

function* faultOf(entry: SlotEntry, tools: Tools): Generator<number, string | undefined> {
  const { folder, name } = splitPath(entry.path);
  try {
    const fd = openForRead(tools.cursor.open(folder), name);
    try {
      return yield* faultOfOpen(fd, entry, tools);
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    const code = systemCodeOf(error);
    if (/^(ENOENT|ENOTDIR|ELOOP|ENXIO)$/.test(code)) return "it is not there";
    if (/^(EIO|EACCES|EPERM|EUCLEAN)$/.test(code)) return `it cannot be read (${code})`;
    throw error;
  }
}

function* faultOfOpen(
  fd: number,
  { size, content }: SlotEntry,
  { buffer, quick, number }: Tools,
): Generator<number, string | undefined> {
  const stat = new StatBuffer();
  statFd(fd, stat);
  if ((stat.mode & S_IFMT) !== S_IFREG) return "it is no file";
  if (stat.size !== size) return `it has ${stat.size} bytes instead of ${size}`;
  if (quick) return undefined;
  const hasher = new Bun.CryptoHasher("sha256");
  for (let got = PIECE_BYTES; got === PIECE_BYTES; ) {
    got = readFully(fd, { buffer }, "" as RawPath);
    hasher.update(buffer.bytes.subarray(0, got));
    yield number;
  }
  return hasher.digest("hex") === content ? undefined : "its content is not what was stored";
}
