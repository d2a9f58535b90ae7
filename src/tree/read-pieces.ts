import { IoBuffer, readFully } from "../fs/file-io.ts";
import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";

/** Fits into a core's own cache: what was read is still there when it is hashed. */
const PIECE_BYTES = 256 << 10;
/** Filled and used up between two breaths, so that it can serve all. */
let buffer: IoBuffer | undefined;

/** The name of some content, and its bytes. */
export interface TakenContent {
  readonly id: ObjectId;
  readonly size: number;
}

/** A file that is read from where it stands. */
export interface FileToRead {
  readonly fd: number;
  /** For errors alone. */
  readonly name: RawPath;
  /** Bytes, for the progress alone. */
  readonly size: number;
  readonly progress: Progress;
}

/** Reads `limit` bytes, or fewer where the file ends; `use` must not keep the piece. Returns how many came. */
export async function readPieces(
  { fd, name, size, progress }: FileToRead,
  limit: number,
  use: (piece: Uint8Array) => unknown,
): Promise<number> {
  buffer ??= new IoBuffer(PIECE_BYTES);
  let done = 0;
  while (done < limit) {
    const got = readFully(fd, { buffer, limit: Math.min(PIECE_BYTES, limit - done) }, name);
    if (got === 0) break;
    use(buffer.bytes.subarray(0, got));
    done += got;
    progress.report({ phase: "reading", done, total: size, bytes: done });
    await progress.breathe();
  }
  return done;
}

/** The name of all that is left to read. */
export async function hashRest(file: FileToRead): Promise<TakenContent> {
  const hasher = new Bun.CryptoHasher("sha256");
  const size = await readPieces(file, Number.POSITIVE_INFINITY, (piece) => hasher.update(piece));
  return { id: hasher.digest("hex") as ObjectId, size };
}
