import { closeFd, openForRead, statFd } from "../fs/at.ts";
import { IoBuffer, readFully } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import type { ObjectId } from "../model/entry.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import type { UnreadFile } from "../tree/fill-stand-ins.ts";
import { splitPath } from "../tree/split-path.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";

export interface HashSlotOptions {
  /** Bytes a second that are read at most; 0: as fast as it goes. */
  readonly rate: number;
  readonly progress: Progress;
}

const PIECE_BYTES = 1 << 20;
const FILES_BETWEEN_BREATHS = 64;

/**
 * Reads files in the folder of a snapshot and names their content.
 *
 * @throws E_OBJECT_MISSING, E_OBJECT_DAMAGED where the folder or a file is not as it was; E_INTERRUPTED,
 *   SystemError
 */
export async function hashSlot(
  slot: string,
  files: Iterable<UnreadFile>,
  { rate, progress }: HashSlotOptions,
): Promise<Map<RawPath, ObjectId>> {
  using hasher = new SlotHasher(slot);
  const started = performance.now();
  const found = new Map<RawPath, ObjectId>();
  let bytes = 0;
  for (const file of files) {
    for (const step of hasher.hash(file)) {
      if (typeof step === "string") found.set(file.path, step);
      else {
        bytes += step;
        await keepTo(rate, { bytes, started });
        await progress.breathe();
      }
    }
    if (found.size % FILES_BETWEEN_BREATHS !== 0) continue;
    progress.report({ phase: "hashing", done: found.size, bytes });
    await progress.breathe();
  }
  return found;
}

/** Waits until so many bytes are due. */
async function keepTo(
  rate: number,
  { bytes, started }: { bytes: number; started: number },
): Promise<void> {
  if (rate === 0) return;
  const early = (bytes / rate) * 1000 - (performance.now() - started);
  if (early > 1) await Bun.sleep(early);
}

class SlotHasher implements Disposable {
  private readonly slot: string;
  private readonly root: Disposable;
  private readonly cursor: FolderCursor;
  private readonly buffer = new IoBuffer(PIECE_BYTES);
  private readonly stat = new StatBuffer();

  constructor(slot: string) {
    const root = openSlot(slot);
    this.slot = slot;
    this.root = root;
    this.cursor = new FolderCursor(root.fd);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
    this.root[Symbol.dispose]();
  }

  /** Gives the bytes of each piece that was read, and then the name of the whole. */
  *hash({ path, size }: UnreadFile): Generator<number | ObjectId> {
    const { folder, name } = splitPath(path);
    try {
      const fd = openForRead(this.cursor.open(folder), name);
      try {
        yield* this.hashOpen(fd, { path, size });
      } finally {
        closeFd(fd);
      }
    } catch (error) {
      const code = systemCodeOf(error);
      if (/^(ENOENT|ENOTDIR|ELOOP|ENXIO)$/.test(code)) throw damaged(this.slot, path, "it is gone");
      if (/^(EIO|EACCES|EPERM|EUCLEAN)$/.test(code))
        throw damaged(this.slot, path, `it cannot be read (${code})`);
      throw error;
    }
  }

  private *hashOpen(fd: number, { path, size }: UnreadFile): Generator<number | ObjectId> {
    const { stat, buffer } = this;
    statFd(fd, stat);
    if ((stat.mode & S_IFMT) !== S_IFREG) throw damaged(this.slot, path, "it is no file");
    if (stat.size !== size)
      throw damaged(this.slot, path, `it has ${stat.size} bytes instead of ${size}`);
    const hasher = new Bun.CryptoHasher("sha256");
    for (let got = PIECE_BYTES; got === PIECE_BYTES; ) {
      got = readFully(fd, { buffer }, path);
      hasher.update(buffer.bytes.subarray(0, got));
      yield got;
    }
    yield hasher.digest("hex") as ObjectId;
  }
}

function openSlot(slot: string): ReturnType<typeof openWorkspaceFolder> {
  try {
    return openWorkspaceFolder(slot);
  } catch (error) {
    if (!/^(ENOENT|ENOTDIR|ELOOP)$/.test(systemCodeOf(error))) throw error;
    throw new JvsError(`Cannot name the content of "${slot}": the folder is gone`, {
      code: "E_OBJECT_MISSING",
      hint: "Put it back from a backup, or go on without this snapshot",
      details: { path: slot },
      cause: error,
    });
  }
}

function damaged(slot: string, path: RawPath, why: string): JvsError {
  const file = `${slot}/${toText(path)}`;
  return new JvsError(`Cannot name the content of "${file}": ${why}`, {
    code: why === "it is gone" ? "E_OBJECT_MISSING" : "E_OBJECT_DAMAGED",
    hint: "Put it back from a backup, or go on without this snapshot",
    details: { path: file, why },
  });
}
