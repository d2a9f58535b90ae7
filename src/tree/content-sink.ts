import { IoBuffer, type IoMemory } from "../fs/file-io.ts";
import type { OpenedFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";

/** Where content goes while it is read: into the store, or nowhere but its name. */
export interface ContentSink {
  /** Takes small content, whole; `bytes` may be reused once this returns. */
  put(bytes: Uint8Array): ObjectId;
  /** Takes large content, piece by piece in order. */
  beginFile(facts: FileFacts): FileSink;
  /** Takes what an open file holds at this moment, as a whole; undefined where that cannot be done. */
  cloneFile(source: OpenedFile): Promise<FileClone | undefined>;
}

/** What an open file held at one moment; it does not change any more. */
export interface FileClone {
  /** Open for reading, at its beginning. */
  readonly fd: number;
  keep(id: ObjectId): void;
  drop(): void;
}

/** What helps to take a large file in less time, and changes nothing of what comes of it. */
export interface FileFacts {
  /** What it held before, perhaps. */
  readonly before?: ObjectId;
  /** Whether a core has nothing else to do: then the file may be hashed there. */
  readonly hasIdleCore?: boolean;
}

export interface FileSink {
  /** Memory for the next bytes of the file; it has room for one at least. */
  room(): FileRoom;
  /** So many bytes were put there. */
  took(count: number): void;
  finish(): ObjectId;
  abandon(): void;
}

/** `length` bytes from byte `offset` of the memory on. */
export interface FileRoom {
  readonly memory: IoMemory;
  readonly offset: number;
  readonly length: number;
}

/** Files up to this many bytes go through `put`, larger ones through `beginFile`. */
export const SMALL_BYTES: number = 1 << 20;

/** Fits into a core's own cache: what was read is still there when it is hashed. */
export const PIECE_BYTES: number = 256 << 10;
/** Filled and used up between two breaths, so that it can serve all. */
let hashed: IoBuffer | undefined;

/** Names content and keeps nothing. */
export const HASH_ONLY: ContentSink = {
  put: (bytes) => hashBytes(bytes),
  beginFile() {
    const hasher = new Bun.CryptoHasher("sha256");
    hashed ??= new IoBuffer(PIECE_BYTES);
    const room = { memory: hashed, offset: 0, length: PIECE_BYTES };
    return {
      room: () => room,
      took: (count) => void hasher.update(room.memory.bytes.subarray(0, count)),
      finish: () => hasher.digest("hex") as ObjectId,
      abandon() {},
    };
  },
  cloneFile: async () => undefined,
};

/** The name of some bytes. */
export function hashBytes(bytes: Uint8Array): ObjectId {
  return Bun.CryptoHasher.hash("sha256", bytes, "hex") as ObjectId;
}
