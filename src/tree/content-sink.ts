import type { ObjectId } from "../model/entry.ts";

/** Where content goes while it is read: into the store, or nowhere but its name. */
export interface ContentSink {
  /** Takes small content, whole; `bytes` may be reused once this returns. */
  put(bytes: Uint8Array): ObjectId;
  /** Takes large content, piece by piece in order. */
  beginFile(): FileSink;
  /** Takes what an open file holds at this moment, as a whole; undefined where that cannot be done. */
  cloneFile(fd: number): FileClone | undefined;
}

/** What an open file held at one moment; it does not change any more. */
export interface FileClone {
  /** Open for reading, at its beginning. */
  readonly fd: number;
  keep(id: ObjectId): void;
  drop(): void;
}

export interface FileSink {
  update(piece: Uint8Array): void;
  finish(): ObjectId;
  abandon(): void;
}

/** Files up to this many bytes go through `put`, larger ones through `beginFile`. */
export const SMALL_BYTES: number = 1 << 20;

/** Names content and keeps nothing. */
export const HASH_ONLY: ContentSink = {
  put: (bytes) => hashBytes(bytes),
  beginFile() {
    const hasher = new Bun.CryptoHasher("sha256");
    return {
      update: (piece) => void hasher.update(piece),
      finish: () => hasher.digest("hex") as ObjectId,
      abandon() {},
    };
  },
  cloneFile: () => undefined,
};

/** The name of some bytes. */
export function hashBytes(bytes: Uint8Array): ObjectId {
  return Bun.CryptoHasher.hash("sha256", bytes, "hex") as ObjectId;
}
