import type { HeldFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import { type ChunkRef, parseChunkList } from "./chunk-list.ts";
import { GroupCache } from "./group-cache.ts";
import { hashObject, IdKey } from "./id-key.ts";
import type { LooseFiles } from "./loose-files.ts";
import type { OtherContent, OtherFile } from "./other-content.ts";
import { CHUNK_LIST, isGrouped, SMALL_LIMIT, ZSTD } from "./pack-format.ts";
import type { PackSet, StoredCopy } from "./pack-set.ts";
import { inflate } from "./payload.ts";
import { damagedObject, missingObject } from "./store-errors.ts";

/** An object as it was found: its bytes, or what its bytes come from. `path` is for messages. */
type Found =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "chunks";
      readonly chunks: readonly ChunkRef[];
      readonly size: number;
      readonly path: string;
    }
  | { readonly kind: "loose"; readonly size: number; readonly path: string }
  | (OtherFile & { readonly kind: "other" });
type Large = Exclude<Found, { kind: "bytes" }>;

/** Reads objects and checks them against their ids. A damaged copy is passed over for another one. */
export class ObjectReader {
  readonly #packs: PackSet;
  readonly #loose: LooseFiles;
  readonly #other: OtherContent | undefined;
  readonly #groups: GroupCache = new GroupCache();
  readonly #key: IdKey = new IdKey();
  readonly #chunkKey: IdKey = new IdKey();

  constructor(packs: PackSet, loose: LooseFiles, other?: OtherContent) {
    this.#packs = packs;
    this.#loose = loose;
    this.#other = other;
  }

  /** The whole content. Throws E_OBJECT_MISSING, E_OBJECT_DAMAGED or the system's error. */
  read(id: ObjectId): Uint8Array {
    const found = this.#find(id);
    if (found.kind === "bytes") return found.bytes;
    const whole = new Uint8Array(found.size);
    let at = 0;
    for (const piece of this.#checkedPieces(id, found)) {
      if (at + piece.length > whole.length) throw damagedObject(id, tooLong(found.path));
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** The content in pieces of 4 MiB at most, each in memory of its own. Throws as {@link read} does. */
  *pieces(id: ObjectId): Generator<Uint8Array> {
    const found = this.#find(id);
    if (found.kind === "bytes") yield found.bytes;
    else yield* this.#checkedPieces(id, found);
  }

  /** An open file that should hold just this: one of its own or, where no pack has it, one elsewhere. */
  openWhole(id: ObjectId): HeldFile | undefined {
    if (this.#loose.has(id)) return this.#loose.open(id);
    if (!this.#key.set(id) || this.#packs.has(this.#key)) return undefined;
    const [file] = this.#other?.find(id) ?? [];
    return file?.open();
  }

  /** Whether the object is readable and none of its chunks is missing. What the chunks hold is not looked at. */
  hasChunks(id: ObjectId): boolean {
    try {
      const found = this.#find(id);
      if (found.kind !== "chunks") return true;
      return this.#holds(found.chunks);
    } catch (error) {
      if (error instanceof JvsError) return false;
      throw error;
    }
  }

  #holds(chunks: readonly ChunkRef[]): boolean {
    return chunks.every(({ id }) => this.#chunkKey.set(id) && this.#packs.has(this.#chunkKey));
  }

  /** The last piece comes out only when all of them were right. */
  *#checkedPieces(id: ObjectId, large: Large): Generator<Uint8Array> {
    const hasher = new Bun.CryptoHasher("sha256");
    let last: Uint8Array | undefined;
    for (const piece of this.#rawPieces(id, large)) {
      if (last !== undefined) yield last;
      hasher.update(piece);
      last = piece;
    }
    if (hasher.digest("hex") !== id)
      throw damagedObject(id, { path: large.path, why: "the content is not what was stored" });
    if (last !== undefined) yield last;
  }

  #rawPieces(id: ObjectId, large: Large): Iterable<Uint8Array> {
    if (large.kind === "loose") return this.#loose.pieces(id);
    return large.kind === "other" ? large.pieces() : this.#chunks(id, large);
  }

  *#chunks(id: ObjectId, { chunks, path }: Large & { kind: "chunks" }): Generator<Uint8Array> {
    for (const chunk of chunks) {
      const found = this.#find(chunk.id);
      if (found.kind !== "bytes" || found.bytes.length !== chunk.size)
        throw damagedObject(id, { path, why: `its chunk ${chunk.id} is not a chunk of that size` });
      yield found.bytes;
    }
  }

  /** Looks again in a fresh list of packs before it gives up: another process may have moved things. */
  #find(id: ObjectId): Found {
    try {
      return this.#findOnce(id);
    } catch (error) {
      const isGone =
        error instanceof JvsError
          ? error.code === "E_OBJECT_MISSING"
          : systemCodeOf(error) === "ENOENT";
      if (!isGone) throw error;
      this.#packs.refresh();
      this.#loose.refresh();
      this.#other?.forget();
      return this.#findOnce(id);
    }
  }

  #findOnce(id: ObjectId): Found {
    if (!this.#key.set(id)) throw missingObject(id);
    let damage: JvsError | undefined;
    for (const copy of this.#packs.copies(this.#key)) {
      const found = this.#open(id, copy);
      // A list that lost its chunks to a sweep is no copy where the whole file is there.
      const isHollow =
        found?.kind === "chunks" && !this.#holds(found.chunks) && this.#loose.has(id);
      if (found !== undefined && !isHollow) return found;
      damage ??= damagedObject(id, { path: copy.pack.path, why: "its bytes are damaged" });
    }
    const size = this.#loose.sizeOf(id);
    if (size !== undefined) return { kind: "loose", size, path: this.#loose.pathOf(id) };
    return this.#findElsewhere(id, damage);
  }

  /** In a file beside the store. Small ones are read at once, so that a damaged one can be passed over. */
  #findElsewhere(id: ObjectId, damage: JvsError | undefined): Found {
    let found = damage;
    for (const file of this.#other?.find(id) ?? []) {
      if (file.size > SMALL_LIMIT) return { kind: "other", ...file };
      const bytes = Buffer.concat([...file.pieces()]);
      if (hashObject(bytes) === id) return { kind: "bytes", bytes };
      found ??= damagedObject(id, { path: file.path, why: "the content is not what was stored" });
    }
    throw found ?? missingObject(id);
  }

  /** What the copy holds, or undefined when that is not what `id` names. */
  #open(id: ObjectId, { pack, row }: StoredCopy): Found | undefined {
    const stored = isGrouped(row.encoding) ? this.#groups.read(pack, row) : pack.read(row);
    if (stored === undefined) return undefined;
    if (row.encoding === CHUNK_LIST) {
      const chunks = parseChunkList(stored, row.rawSize);
      return chunks && { kind: "chunks", chunks, size: row.rawSize, path: pack.path };
    }
    const bytes = row.encoding === ZSTD ? inflate(stored, row.rawSize) : stored;
    return bytes && hashObject(bytes) === id ? { kind: "bytes", bytes } : undefined;
  }
}

function tooLong(path: string): { path: string; why: string } {
  return { path, why: "there is more content than there should be" };
}
