import type { ObjectId } from "../model/entry.ts";
import { type ChunkRef, encodeChunkList } from "./chunk-list.ts";
import { DraftPack } from "./draft-pack.ts";
import { hashObject, IdKey } from "./id-key.ts";
import { beginLargeFile, type LargeFile, type LargeFileSink } from "./large-file.ts";
import { GROUPED_LIMIT, ObjectGroup } from "./object-group.ts";
import { CHUNK_LIST, SMALL_LIMIT } from "./pack-format.ts";
import type { PackSet } from "./pack-set.ts";
import { compress, keepRaw, looksLikeNoise, type Payload } from "./payload.ts";

/**
 * Adds objects to a store: one pack, written in a draft folder, invisible until it is installed.
 * Every method may throw the system's error with `.code` and `.path` (ENOSPC, EIO); then the store is
 * as it was, and {@link discard} is all that is left to call.
 */
export interface PackWriter {
  /**
   * Stores content, a folder's encoding for instance, unless the store or this pack holds it already;
   * returns its id. Meant for up to 1 MiB; more is cut into chunks. `bytes` may be reused at once.
   */
  put(bytes: Uint8Array): ObjectId;
  /** The same when the caller knows the id, which is not checked. */
  putAs(id: ObjectId, bytes: Uint8Array): void;
  /** Begins a file of any size. Other calls may come in between. */
  beginFile(): LargeFile;
  /** Bytes that this writer added, on disk. Exact after {@link end}; before, some may wait to be written. */
  readonly storedBytes: number;
  /** Objects that this writer added. */
  readonly objectCount: number;
  /**
   * Completes the files in the draft folder. Returns the open pack, for the caller to sync together
   * with other files, or undefined when nothing was written: then there is no file either.
   */
  end(): { packFd: number; packPath: string } | undefined;
  /**
   * Moves pack and index into the store, where the new objects can now be read, and closes the pack.
   * Call it after {@link end} and the sync, with the draft folder on the store's file system. The
   * rename itself lasts once the packs folder is synced. Without objects it does nothing.
   */
  install(): void;
  /** Removes whatever was written and not installed. May be called twice. */
  discard(): void;
}

/**
 * A writer that adds to the packs of `packs`. Nothing is created before the first object.
 *
 * @param level how hard zstd is to try, for those who ask for it
 */
export function openPackWriter(draftFolder: string, packs: PackSet, level?: number): PackWriter {
  return new StorePackWriter(draftFolder, packs, level);
}

class StorePackWriter implements PackWriter, LargeFileSink {
  readonly #draft: DraftPack;
  readonly #group: ObjectGroup;
  readonly #packs: PackSet;
  readonly #level: number | undefined;
  readonly #key: IdKey = new IdKey();

  constructor(draftFolder: string, packs: PackSet, level: number | undefined) {
    this.#draft = new DraftPack(draftFolder);
    this.#group = new ObjectGroup(this.#draft, level);
    this.#packs = packs;
    this.#level = level;
  }

  get storedBytes(): number {
    return this.#draft.storedBytes;
  }

  get objectCount(): number {
    return this.#draft.objectCount;
  }

  put(bytes: Uint8Array): ObjectId {
    const id = hashObject(bytes);
    this.putAs(id, bytes);
    return id;
  }

  putAs(id: ObjectId, bytes: Uint8Array): void {
    if (bytes.length <= SMALL_LIMIT) this.storeWhole(id, bytes);
    else this.#putLarge(bytes); // A list that is there may lack chunks, where a sweep was cut short.
  }

  beginFile(): LargeFile {
    return beginLargeFile(this);
  }

  storeWhole(id: ObjectId, bytes: Uint8Array): void {
    if (!this.#isNew(id)) return;
    if (looksLikeNoise(bytes)) this.#draft.add(this.#key, keepRaw(bytes));
    else if (bytes.length > GROUPED_LIMIT) this.#draft.add(this.#key, compress(bytes, this.#level));
    else this.#group.add(this.#draft.reserve(this.#key), bytes);
  }

  storeList(id: ObjectId, chunks: readonly ChunkRef[]): void {
    if (!this.#isNew(id)) return;
    const rawSize = chunks.reduce((sum, { size }) => sum + size, 0);
    const payload: Payload = { encoding: CHUNK_LIST, rawSize, bytes: encodeChunkList(chunks) };
    this.#draft.add(this.#key, payload);
  }

  end(): { packFd: number; packPath: string } | undefined {
    this.#group.flush();
    return this.#draft.end();
  }

  install(): void {
    const installed = this.#draft.install(this.#packs.folder);
    if (installed !== undefined) this.#packs.adopt(installed);
  }

  discard(): void {
    this.#draft.discard();
  }

  /** Leaves the id in the key. */
  #isNew(id: ObjectId): boolean {
    if (!this.#key.set(id)) throw new TypeError(`"${id}" is no object id`);
    return !this.#draft.has(this.#key) && !this.#packs.has(this.#key);
  }

  #putLarge(bytes: Uint8Array): void {
    const file = this.beginFile();
    file.update(bytes);
    file.finish();
  }
}
