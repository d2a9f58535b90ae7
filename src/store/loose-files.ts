import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { withPath } from "./store-errors.ts";

const PIECE_SIZE = 1 << 20;
const ID = /^[0-9a-f]{64}$/;

export interface LooseFile {
  readonly id: ObjectId;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Large files that an engine put beside the packs, each a file under its id. */
export class LooseFiles {
  readonly #folder: string;
  /** Whether there are any at all: mostly not, and then nothing has to be looked up. */
  #hasAny: boolean | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(id: ObjectId): string {
    return join(this.#folder, id.slice(0, 2), id);
  }

  /** Bytes of the file, or undefined when there is none. */
  sizeOf(id: ObjectId): number | undefined {
    this.#hasAny ??= existsSync(this.#folder);
    if (!this.#hasAny || !ID.test(id)) return undefined;
    return statSync(this.pathOf(id), { throwIfNoEntry: false })?.size;
  }

  /** The bytes of the file, unchecked; each piece is memory of its own. Throws the system's error. */
  *pieces(id: ObjectId): Generator<Uint8Array> {
    const path = this.pathOf(id);
    const fd = openSync(path, "r");
    try {
      for (let piece = readPiece(fd, path); piece.length > 0; piece = readPiece(fd, path))
        yield piece;
    } finally {
      closeSync(fd);
    }
  }

  /** Every file that is named as an object. */
  list(): LooseFile[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder).flatMap((start) =>
      namesIn(join(this.#folder, start)).map((id) => {
        const path = this.pathOf(id);
        const { size = 0, mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
        return { id, path, size, mtimeMs };
      }),
    );
  }

  /** Looks again whether there are any. */
  refresh(): void {
    this.#hasAny = undefined;
  }
}

function namesIn(folder: string): ObjectId[] {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder).filter((name): name is ObjectId => ID.test(name));
}

function readPiece(fd: number, path: string): Uint8Array {
  const piece = new Uint8Array(PIECE_SIZE);
  try {
    return piece.subarray(0, readSync(fd, piece, 0, PIECE_SIZE, null));
  } catch (error) {
    throw withPath(error, { action: "read", path });
  }
}
