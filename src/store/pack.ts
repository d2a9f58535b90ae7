import { removeIfAny, renameSync, statSync, writeNewFile } from "../fs/files.ts";
import { systemCodeOf } from "../model/errors.ts";
import { collectGarbage } from "../model/garbage.ts";
import type { IdKey } from "./id-key.ts";
import { IndexDamaged } from "./index-head.ts";
import type { LargeIndex } from "./large-index.ts";
import type { OpenFiles } from "./open-files.ts";
import { openIndex } from "./open-index.ts";
import { HEADER_SIZE, type ObjectRow, toHex64, xxh3 } from "./pack-format.ts";
import { PackIndex } from "./pack-index.ts";
import { readAt } from "./read-at.ts";
import { scanPack } from "./scan-pack.ts";

/** What the packs of a store share. */
export interface PackHome {
  readonly folder: string;
  readonly files: OpenFiles;
  /** Whether an index that was made anew is put on disk: who only looks changes nothing. */
  readonly savesIndexes: boolean;
}

/**
 * One installed pack. A missing or damaged index is made anew. Every method throws ENOENT when the
 * pack is gone, which happens when another process has consolidated it.
 */
export class Pack {
  readonly name: string;
  readonly path: string;
  readonly #indexPath: string;
  readonly #files: OpenFiles;
  readonly #savesIndex: boolean;
  #index: PackIndex | LargeIndex | undefined;

  constructor(name: string, { folder, files, savesIndexes }: PackHome) {
    this.name = name;
    this.path = `${folder}/${name}.pack`;
    this.#indexPath = `${folder}/${name}.idx`;
    this.#files = files;
    this.#savesIndex = savesIndexes;
  }

  /** Hands in the bytes of the index, known to be right. */
  adoptIndex(bytes: Uint8Array): void {
    this.#index = new PackIndex(this.#indexPath, bytes);
  }

  /** The row of an object, or undefined when it is not in this pack. */
  find(key: IdKey): ObjectRow | undefined {
    try {
      return this.#openIndex().find(key);
    } catch (error) {
      return this.#replaceIndex(error).find(key);
    }
  }

  /** The index, every row of it checked. */
  wholeIndex(): PackIndex {
    try {
      const index = this.#openIndex().whole();
      this.#index = index;
      return index;
    } catch (error) {
      return this.#replaceIndex(error);
    }
  }

  /** Lets go of the memory of the index; it is opened again when it is needed. */
  forgetIndex(): void {
    const { count = 0 } = this.#index?.head ?? {};
    this.#index = undefined;
    collectGarbage(count);
  }

  /** Whether the index, which must have been used, tells of all that the pack was written with. */
  get isComplete(): boolean {
    const checksum = this.#index?.head.checksum;
    return checksum !== undefined && this.name.startsWith(toHex64(checksum));
  }

  /** The stored bytes of an object, or undefined when they are damaged. */
  read({ offset, storedSize, checksum }: ObjectRow): Uint8Array | undefined {
    const bytes = new Uint8Array(storedSize);
    const file = { fd: this.#files.open(this.path), path: this.path };
    if (readAt(file, bytes, offset + HEADER_SIZE) < storedSize) return undefined;
    return xxh3(bytes) === checksum ? bytes : undefined;
  }

  /** Bytes on disk. A file that is not there has none. */
  diskSize(): { pack: number; index: number } {
    return { pack: sizeOf(this.path), index: sizeOf(this.#indexPath) };
  }

  /** Deletes it, the pack first: an index alone is ignored, a pack alone would be indexed again. */
  remove(): void {
    this.close();
    removeIfAny(this.path);
    removeIfAny(this.#indexPath);
  }

  close(): void {
    this.#files.close(this.path);
    this.#files.close(this.#indexPath);
  }

  #openIndex(): PackIndex | LargeIndex {
    const path = this.#indexPath;
    this.#index ??= openIndex(path, {
      packName: this.name,
      read: (target, position) => readAt({ fd: this.#files.open(path), path }, target, position),
    });
    return this.#index;
  }

  /** Makes the index anew from the pack, when that is what the error asks for; else throws it on. */
  #replaceIndex(error: unknown): PackIndex {
    if (!(error instanceof IndexDamaged) && systemCodeOf(error) !== "ENOENT") throw error;
    this.#files.close(this.#indexPath);
    const { bytes, checksum } = scanPack(this.path, { payloads: false }).index;
    this.#index = new PackIndex(this.#indexPath, bytes);
    // From a damaged pack it would not hold everything: then it serves this process only.
    if (this.#savesIndex && this.name.startsWith(toHex64(checksum))) this.#saveIndex(bytes);
    return this.#index;
  }

  /** Puts the index on disk if that is possible: it saves time, no more. */
  #saveIndex(bytes: Uint8Array): void {
    const draft = `${this.#indexPath}.${crypto.randomUUID().slice(0, 8)}.draft`;
    try {
      writeNewFile(draft, bytes, 0o444);
      renameSync(draft, this.#indexPath);
    } catch {
      removeIfAny(draft);
    }
  }
}

/** Bytes of a file; one that is not there has none. */
export function sizeOf(path: string): number {
  return statSync(path)?.size ?? 0;
}
