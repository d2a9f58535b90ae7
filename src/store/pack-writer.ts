import type { OpenedFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import { type ChunkRef, encodeChunkList } from "./chunk-list.ts";
import { type ClonedFile, DraftFiles } from "./draft-files.ts";
import { DraftPacks } from "./draft-packs.ts";
import { hashObject, IdKey } from "./id-key.ts";
import { beginLargeFile, type LargeFile, type LargeFileSink } from "./large-file.ts";
import { listChunks } from "./list-chunks.ts";
import type { LooseFiles } from "./loose-files.ts";
import { GROUPED_LIMIT, ObjectGroup } from "./object-group.ts";
import { CHUNK_LIST, SMALL_LIMIT } from "./pack-format.ts";
import type { PackSet } from "./pack-set.ts";
import { compress, keepRaw, looksLikeNoise, type Payload } from "./payload.ts";

/**
 * Adds objects to a store: a pack, or several where there are many, and clones of large files, written in a draft folder, invisible
 * until they are installed.
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
  beginFile(facts?: FileFacts): LargeFile;
  /**
   * Takes what an open file holds at this moment by sharing its blocks; undefined where the file
   * system cannot. Worth it from 1 MiB on. Kept, it is an object like the others.
   */
  cloneFile(source: OpenedFile): Promise<ClonedFile | undefined>;
  /** Bytes that this writer added, on disk; those of clones may be shared with the files they were made of. Exact after {@link end}; before, some may wait to be written. */
  readonly storedBytes: number;
  /** Objects that this writer added. */
  readonly objectCount: number;
  /**
   * Completes the files in the draft folder. Returns what is open, for the caller to sync together
   * with other files: nothing when nothing was written.
   */
  end(): readonly number[];
  /**
   * Moves pack, index and clones into the store, where the new objects can now be read, and closes
   * them. Call it after {@link end} and the sync, with the draft folder on the store's file system.
   * The pack's own name lasts once the packs folder is synced. Without objects it does nothing.
   */
  install(): void;
  /** Removes whatever was written and not installed. May be called twice. */
  discard(): void;
}

/** What helps to take a large file in less time, and changes nothing of what comes of it. */
export interface FileFacts {
  /** What it held before, perhaps: where it still has the same chunks, their ends need not be looked for. */
  readonly before?: ObjectId;
  /** Whether a core has nothing else to do: then a second thread hashes the file as a whole. */
  readonly hasIdleCore?: boolean;
}

/** Where a writer adds to. */
export interface WriterTarget {
  readonly packs: PackSet;
  /** Where clones go; without it there are none. */
  readonly files?: LooseFiles;
  /** Whether a large file need not be stored. */
  isWhole(id: ObjectId): boolean;
}

/**
 * A writer that adds to `target`. Nothing is created before the first object.
 *
 * @param level how hard zstd is to try, for those who ask for it
 */
export function openPackWriter(
  draftFolder: string,
  target: WriterTarget,
  level?: number,
): PackWriter {
  return new StorePackWriter(draftFolder, target, level);
}

class StorePackWriter implements PackWriter, LargeFileSink {
  readonly #draft: DraftPacks;
  readonly #files: DraftFiles | undefined;
  readonly #group: ObjectGroup;
  readonly #target: WriterTarget;
  readonly #level: number | undefined;
  readonly #key: IdKey = new IdKey();

  constructor(draftFolder: string, target: WriterTarget, level: number | undefined) {
    this.#draft = new DraftPacks(draftFolder);
    this.#files = target.files && new DraftFiles(draftFolder, target.files);
    this.#group = new ObjectGroup(this.#draft, level);
    this.#target = target;
    this.#level = level;
  }

  get storedBytes(): number {
    return this.#draft.storedBytes + (this.#files?.storedBytes ?? 0);
  }

  get objectCount(): number {
    return this.#draft.objectCount + (this.#files?.count ?? 0);
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

  beginFile({ before, hasIdleCore = false }: FileFacts = {}): LargeFile {
    const known = before === undefined ? [] : listChunks(this.#target.packs, before);
    return beginLargeFile(this, { known, hasIdleCore });
  }

  async cloneFile(source: OpenedFile): Promise<ClonedFile | undefined> {
    return await this.#files?.clone(source, (id) => this.#target.isWhole(id));
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

  end(): readonly number[] {
    this.#group.flush();
    return [...this.#draft.end(), ...(this.#files?.end() ?? [])];
  }

  install(): void {
    this.#files?.install();
    this.#draft.install(this.#target.packs);
  }

  discard(): void {
    this.#draft.discard();
    this.#files?.discard();
  }

  /** Leaves the id in the key, and a pack with room for it. */
  #isNew(id: ObjectId): boolean {
    if (this.#draft.isFull) {
      this.#group.flush();
      this.#draft.next();
    }
    if (!this.#key.set(id)) throw new TypeError(`"${id}" is no object id`);
    return !this.#draft.has(this.#key) && !this.#target.packs.has(this.#key);
  }

  #putLarge(bytes: Uint8Array): void {
    const file = this.beginFile();
    file.update(bytes);
    file.finish();
  }
}
