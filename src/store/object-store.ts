import { removeIfAny } from "../fs/files.ts";
import type { HeldFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import { parseChunkList } from "./chunk-list.ts";
import { type ConsolidateLimits, consolidatePacks, listMergeable } from "./consolidate-packs.ts";
import { IdKey } from "./id-key.ts";
import { packsIn } from "./kept-packs.ts";
import { LooseFiles } from "./loose-files.ts";
import { ObjectReader } from "./object-reader.ts";
import type { OtherContent } from "./other-content.ts";
import type { Pack } from "./pack.ts";
import { CHUNK_LIST, HEADER_SIZE, isGrouped } from "./pack-format.ts";
import { PackSet } from "./pack-set.ts";
import { openPackWriter, type PackWriter } from "./pack-writer.ts";
import { measureSweep, Sweep, type SweepResult, type SweepRules } from "./sweep-packs.ts";

export type { PackWriter } from "./pack-writer.ts";

/** One copy of an object. */
export interface StoredObject {
  readonly id: ObjectId;
  /** Bytes of the content. */
  readonly rawSize: number;
  /** Bytes it takes on disk, but for its row in the index. A chunk list does not count its chunks. */
  readonly storedSize: number;
  /** The path of the pack, or of its own file. */
  readonly file: string;
}

/** A list of chunks: what a large file is made of. */
export interface ChunkedObject {
  readonly id: ObjectId;
  /** Undefined when this copy of the list cannot be read. */
  readonly chunks: readonly ObjectId[] | undefined;
}

/**
 * Content by its SHA-256: packs of small objects and chunks, and whole files beside them.
 *
 * What was listed once is not listed again: call {@link refresh} where another process may have
 * added or consolidated packs. A damaged object is found when it is read, not before.
 */
export interface ObjectStore {
  has(id: ObjectId): boolean;
  /** Whether the object is there and, where it is a list of chunks, they are too. Reads such lists. */
  isWhole(id: ObjectId): boolean;
  /** Bytes of the content, or undefined when the store does not have it. */
  sizeOf(id: ObjectId): number | undefined;
  /** The whole content, checked. Throws E_OBJECT_MISSING, E_OBJECT_DAMAGED, or the system's error. */
  read(id: ObjectId): Uint8Array;
  /**
   * The same for content of any size, in pieces of 4 MiB at most; each is memory of its own. Each
   * piece is checked where it is a chunk, and the whole before the last piece comes out.
   */
  readPieces(id: ObjectId): Generator<Uint8Array>;
  /**
   * An open file that should hold just this content and that blocks can be shared with, or undefined.
   * Nothing in it was checked.
   */
  openWhole(id: ObjectId): HeldFile | undefined;
  /**
   * A writer with files of its own in `draftFolder`, which must be on the store's file system. `level`
   * is how hard zstd tries; undefined for what is usual.
   */
  openWriter(draftFolder: string, level?: number): PackWriter;
  /** Every object, pack by pack, and files of their own last; twice where there are two copies. */
  list(): Iterable<StoredObject>;
  /** Removes the file of its own that the object has, whatever it holds. */
  removeFile(id: ObjectId): void;
  /** Bytes on disk of all packs, their indexes, and the files beside them. */
  storedBytes(): number;
  /** Lists the packs again. */
  refresh(): void;
  /** Lists them again when they are next needed. */
  forgetPacks(): void;
  /** Whether {@link consolidate} would find packs to merge. Cheap. */
  needsConsolidation(limits?: ConsolidateLimits): boolean;
  /** Makes one pack of many small ones; see {@link consolidatePacks}. The caller holds the repository's lock. */
  consolidate(limits?: ConsolidateLimits): { merged: number };
  /** Every list of chunks in the packs: of a copy that cannot be read, no chunks. */
  chunkLists(): Iterable<ChunkedObject>;
  /** What a sweep by these rules would free; see {@link Sweep}. */
  measureSweep(rules: SweepRules): SweepResult;
  /** A sweep by these rules. Nothing happens before its first step. */
  openSweep(rules: SweepRules): Sweep;
  /** Closes what is open. */
  close(): void;
}

export interface StoreOptions {
  /** What the store does not have is read from there, and then checked like its own. */
  readonly other?: OtherContent;
  /** Nothing is changed by reading: damaged indexes are made anew in memory alone. */
  readonly onlyLooks?: boolean;
}

/** The store in `objectsFolder`, which need not exist yet. Nothing is opened before it is needed. */
export function openStore(objectsFolder: string, options: StoreOptions = {}): ObjectStore {
  return new FolderStore(objectsFolder, options);
}

class FolderStore implements ObjectStore {
  readonly #packs: PackSet;
  readonly #loose: LooseFiles;
  readonly #reader: ObjectReader;
  readonly #key: IdKey = new IdKey();

  constructor(folder: string, { other, onlyLooks = false }: StoreOptions) {
    const packs = `${folder}/packs`;
    this.#packs = onlyLooks ? new PackSet(packs, { savesIndexes: false }) : packsIn(packs);
    this.#loose = new LooseFiles(`${folder}/files`);
    this.#reader = new ObjectReader(this.#packs, this.#loose, other);
  }

  has(id: ObjectId): boolean {
    if (!this.#key.set(id)) return false;
    return this.#packs.has(this.#key) || this.#loose.has(id);
  }

  isWhole(id: ObjectId): boolean {
    if (!this.#key.set(id)) return false;
    const row = this.#packs.find(this.#key);
    const isInPacks =
      row !== undefined && (row.encoding !== CHUNK_LIST || this.#reader.hasChunks(id));
    return isInPacks || this.#loose.has(id);
  }

  sizeOf(id: ObjectId): number | undefined {
    if (!this.#key.set(id)) return undefined;
    return this.#packs.find(this.#key)?.rawSize ?? this.#loose.sizeOf(id);
  }

  read(id: ObjectId): Uint8Array {
    return this.#reader.read(id);
  }

  readPieces(id: ObjectId): Generator<Uint8Array> {
    return this.#reader.pieces(id);
  }

  openWhole(id: ObjectId): HeldFile | undefined {
    return this.#reader.openWhole(id);
  }

  openWriter(draftFolder: string, level?: number): PackWriter {
    const isWhole = (id: ObjectId): boolean => this.isWhole(id);
    return openPackWriter(draftFolder, { packs: this.#packs, files: this.#loose, isWhole }, level);
  }

  *list(): Generator<StoredObject> {
    this.#packs.refresh();
    for (const pack of this.#packs.packs()) yield* listPack(pack);
    for (const { id, size, diskSize, path } of this.#loose.list())
      yield { id, rawSize: size, storedSize: diskSize, file: path };
  }

  removeFile(id: ObjectId): void {
    if (this.#loose.has(id)) removeIfAny(this.#loose.pathOf(id));
  }

  storedBytes(): number {
    this.#packs.refresh();
    const packs = this.#packs.packs().map((pack) => pack.diskSize());
    const files = this.#loose.list();
    return (
      packs.reduce((sum, { pack, index }) => sum + pack + index, 0) +
      files.reduce((sum, { diskSize }) => sum + diskSize, 0)
    );
  }

  refresh(): void {
    this.#packs.refresh();
    this.#loose.refresh();
  }

  forgetPacks(): void {
    this.#packs.forget();
    this.#loose.refresh();
  }

  needsConsolidation(limits: ConsolidateLimits = {}): boolean {
    return listMergeable(this.#packs, limits).length > 0;
  }

  consolidate(limits: ConsolidateLimits = {}): { merged: number } {
    return consolidatePacks(this.#packs, limits);
  }

  *chunkLists(): Generator<ChunkedObject> {
    this.#packs.refresh();
    for (const pack of this.#packs.packs()) yield* listChunkLists(pack);
  }

  measureSweep(rules: SweepRules): SweepResult {
    return measureSweep(this.#packs, this.#loose, rules);
  }

  openSweep(rules: SweepRules): Sweep {
    return new Sweep(this.#packs, this.#loose, rules);
  }

  close(): void {
    this.#packs.close();
  }
}

function* listChunkLists(pack: Pack): Generator<ChunkedObject> {
  const garbage = new Garbage();
  for (const { id, row } of pack.wholeIndex().objects()) {
    garbage.add();
    if (row.encoding !== CHUNK_LIST) continue;
    const bytes = pack.read(row);
    const chunks = bytes && parseChunkList(bytes, row.rawSize);
    yield { id, chunks: chunks?.map((chunk) => chunk.id) };
  }
  pack.forgetIndex();
}

function* listPack(pack: Pack): Generator<StoredObject> {
  const garbage = new Garbage();
  const index = pack.wholeIndex();
  const contentOf = new Map<number, number>();
  for (const { row } of index.objects()) {
    contentOf.set(row.offset, (contentOf.get(row.offset) ?? 0) + row.rawSize);
    garbage.add();
  }
  for (const { id, row } of index.objects()) {
    garbage.add();
    // Those in a group share its bytes according to their sizes.
    const share = isGrouped(row.encoding) ? row.rawSize / (contentOf.get(row.offset) || 1) : 1;
    const storedSize = HEADER_SIZE + Math.round(row.storedSize * share);
    yield { id, rawSize: row.rawSize, storedSize, file: pack.path };
  }
  pack.forgetIndex();
}
