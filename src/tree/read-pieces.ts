import { readFully } from "../fs/file-io.ts";
import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { type FileSink, HASH_ONLY, PIECE_BYTES } from "./content-sink.ts";

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

/** Reads `limit` bytes into the sink, or fewer where the file ends. Returns how many came. */
export async function readPieces(
  { fd, name, size, progress }: FileToRead,
  limit: number,
  sink: FileSink,
): Promise<number> {
  let done = 0;
  while (done < limit) {
    const { memory, offset, length } = sink.room();
    const most = Math.min(length, PIECE_BYTES, limit - done);
    const got = readFully(fd, { buffer: memory, offset, limit: most }, name);
    if (got === 0) break;
    sink.took(got);
    done += got;
    progress.report({ phase: "reading", done, total: size, bytes: done });
    await progress.breathe();
  }
  return done;
}

/** The name of all that is left to read. */
export async function hashRest(file: FileToRead): Promise<TakenContent> {
  const sink = HASH_ONLY.beginFile({});
  const size = await readPieces(file, Number.POSITIVE_INFINITY, sink);
  return { id: sink.finish(), size };
}
