import { closeFd, openFolder, openForRead, type Place } from "../fs/at.ts";
import type { FileStat } from "../fs/file-stat.ts";
import { fstatSync, lstatSync, readdirSync, readSync } from "../fs/files.ts";
import { isFolder } from "../fs/is-there.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { lookAfresh } from "../fs/look-afresh.ts";
import type { HeldFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { withPath } from "./store-errors.ts";

const PIECE_SIZE = 1 << 20;
const ID = /^[0-9a-f]{64}$/;
/** What `st_blocks` counts in (inode(7)), whatever the file system's own blocks are. */
const BLOCK_BYTES = 512;

export interface LooseFile {
  readonly id: ObjectId;
  readonly path: string;
  readonly size: number;
  /** Bytes on disk; those of a clone may be shared with other files. */
  readonly diskSize: number;
  readonly mtimeMs: number;
}

/** Large files beside the packs, each a file under its id. Nothing here follows a link. */
export class LooseFiles {
  readonly folder: string;
  /** Whether there are any at all: mostly not, and then nothing has to be looked up. */
  #hasAny: boolean | undefined;
  /** Folders that were looked at anew: another host may have swept what this kernel remembers. */
  readonly #fresh: Set<string> = new Set();

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(id: ObjectId): string {
    return `${this.folder}/${id.slice(0, 2)}/${id}`;
  }

  has(id: ObjectId): boolean {
    return this.sizeOf(id) !== undefined;
  }

  /** Bytes of the file, or undefined when there is none. */
  sizeOf(id: ObjectId): number | undefined {
    this.#hasAny ??= list(this.folder).length > 0;
    if (!this.#hasAny || !ID.test(id) || !this.#hasFolder(id.slice(0, 2))) return;
    const stat = lstatSync(this.pathOf(id));
    return stat?.isFile() === true ? stat.size : undefined;
  }

  /** The open file. Throws the system's error, ENOENT where there is none. */
  open(id: ObjectId): HeldFile {
    try {
      const at = openFolder(AT_FDCWD, fromText(`${this.folder}/${id.slice(0, 2)}`));
      return openStored({ at, name: id as string as RawPath });
    } catch (error) {
      throw withPath(error, { action: "open", path: this.pathOf(id) });
    }
  }

  /** The bytes of the file, unchecked; each piece is memory of its own. Throws the system's error. */
  *pieces(id: ObjectId): Generator<Uint8Array> {
    const path = this.pathOf(id);
    using file = this.open(id);
    const next = (): Uint8Array => readPiece(file.fd, path);
    for (let piece = next(); piece.length > 0; piece = next()) yield piece;
  }

  /** Every file that is named as an object. */
  list(): LooseFile[] {
    return list(this.folder)
      .map((start) => `${this.folder}/${start}`)
      .filter(isFolder)
      .flatMap(list)
      .filter((name): name is ObjectId => ID.test(name))
      .flatMap((id) => {
        const path = this.pathOf(id);
        const stat = lstatSync(path);
        if (stat?.isFile() !== true) return [];
        return [{ id, path, size: stat.size, diskSize: diskSizeOf(stat), mtimeMs: stat.mtimeMs }];
      });
  }

  /** Looks again whether there are any. */
  refresh(): void {
    this.#hasAny = undefined;
    this.#fresh.clear();
  }

  #hasFolder(start: string): boolean {
    const folder = `${this.folder}/${start}`;
    if (!this.#fresh.has(start)) lookAfresh([folder]);
    this.#fresh.add(start);
    return isFolder(folder);
  }
}

/** Takes the open folder over. */
function openStored(place: Place): HeldFile {
  try {
    const fd = openForRead(place.at, place.name);
    const close = (): void => [fd, place.at].forEach(closeFd);
    return { fd, place, isAtRest: true, [Symbol.dispose]: close };
  } catch (error) {
    closeFd(place.at);
    throw error;
  }
}

/** Bytes that an open file takes on disk, or shares there. */
export function diskSizeOfOpen(fd: number): number {
  return diskSizeOf(fstatSync(fd));
}

function diskSizeOf({ blocks }: FileStat): number {
  return blocks * BLOCK_BYTES;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test(systemCodeOf(error))) return [];
    throw error;
  }
}

function readPiece(fd: number, path: string): Uint8Array {
  const piece = new Uint8Array(PIECE_SIZE);
  try {
    return piece.subarray(0, readSync(fd, piece));
  } catch (error) {
    throw withPath(error, { action: "read", path });
  }
}
