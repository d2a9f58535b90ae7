import { mkdirSync, removeIfAny, renameSync, writeNewFile } from "../fs/files.ts";
import { collectGarbage } from "../model/garbage.ts";
import type { IdKey } from "./id-key.ts";
import { encodeIndex } from "./index-format.ts";
import { ObjectTable } from "./object-table.ts";
import {
  encodeTrailer,
  GROUPED,
  GROUPED_LAST,
  HEADER_SIZE,
  isGrouped,
  PACK_MAGIC,
  toHex64,
  xxh3,
} from "./pack-format.ts";
import { PackOutput } from "./pack-output.ts";
import type { Payload } from "./payload.ts";

const KEEP_INDEX = 1 << 20;

/** A pack that became part of the store. */
export interface InstalledPack {
  readonly name: string;
  /** The bytes of its index; a large one is better read again where it is needed than kept. */
  readonly index: Uint8Array | undefined;
}

/** An object in a record. */
export interface Member {
  /** What {@link DraftPack.reserve} returned. */
  readonly number: number;
  /** Bytes of its content. */
  readonly rawSize: number;
  /** Where that begins in what the record holds. */
  readonly position: number;
}

/**
 * A pack being written in a folder of its own. No file exists before the first record, and nothing
 * is visible in the store before {@link install}.
 */
export class DraftPack {
  readonly #random: string = crypto.randomUUID().slice(0, 8);
  readonly #folder: string;
  #table: ObjectTable = new ObjectTable();
  #objectCount = 0;
  #indexBytes = 0;
  #output: PackOutput | undefined;
  /** Present after {@link end}. */
  #ended: InstalledPack | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get objectCount(): number {
    return this.#objectCount;
  }

  /** Bytes of the pack so far and, after {@link end}, of its index. */
  get storedBytes(): number {
    return (this.#output?.position ?? 0) + this.#indexBytes;
  }

  has(key: IdKey): boolean {
    return this.#table.has(key);
  }

  /** Takes note of an object whose record will come by {@link write}; returns its number. */
  reserve(key: IdKey): number {
    this.#objectCount++;
    return this.#table.reserve(key);
  }

  /** Appends a record. Throws the system's errors; after one, only {@link discard} makes sense. */
  add(key: IdKey, payload: Payload): void {
    this.write([{ number: this.reserve(key), rawSize: payload.rawSize, position: 0 }], payload);
  }

  /** Appends the record of one object, or of those that share a frame. Throws as {@link add} does. */
  write(members: readonly Member[], { encoding, bytes }: Payload): void {
    this.#output ??= this.#begin();
    const stored = { storedSize: bytes.length, checksum: xxh3(bytes) };
    const offset = this.#output.position + (members.length - 1) * HEADER_SIZE;
    const isGroup = members.length > 1 || isGrouped(encoding);
    for (const [at, { number, rawSize, position }] of members.entries()) {
      const grouped = at < members.length - 1 ? GROUPED : GROUPED_LAST;
      const own = { rawSize, position, encoding: isGroup ? grouped : encoding };
      this.#output.append(this.#table.fill(number, { ...stored, ...own, offset }));
    }
    this.#output.append(bytes);
  }

  /** Writes trailer and index; returns the pack's file, still open, or undefined when there is none. */
  end(): { packFd: number; packPath: string } | undefined {
    const output = this.#output;
    if (output === undefined) return undefined;
    const { bytes, checksum } = encodeIndex(this.#table);
    output.append(encodeTrailer(this.#table.count, checksum));
    output.flush();
    this.#table = new ObjectTable(); // It may be large, and the index has it all.
    collectGarbage(this.#objectCount);
    writeNewFile(this.indexPath, bytes, 0o444);
    this.#indexBytes = bytes.length;
    const index = bytes.length > KEEP_INDEX ? undefined : bytes;
    this.#ended = { name: `${toHex64(checksum)}-${this.#random}`, index };
    return { packFd: output.fd, packPath: output.path };
  }

  /**
   * Moves both files into `packsFolder` and closes the pack; returns undefined when there is nothing.
   * The index goes first: readers look for packs, so they never meet a pack that they would have
   * to index themselves, and an index whose pack never came is ignored.
   */
  install(packsFolder: string): InstalledPack | undefined {
    const [output, ended] = [this.#output, this.#ended];
    if (output === undefined || ended === undefined) return undefined;
    mkdirSync(packsFolder, { recursive: true });
    renameSync(this.indexPath, `${packsFolder}/${ended.name}.idx`);
    renameSync(output.path, `${packsFolder}/${ended.name}.pack`);
    output.close();
    return ended;
  }

  /** Removes whatever was written and not installed. May be called twice. */
  discard(): void {
    this.#output?.discard();
    if (this.#output !== undefined) removeIfAny(this.indexPath);
  }

  /** Where its index is, after {@link end}. */
  get indexPath(): string {
    return `${this.#folder}/${this.#random}.idx.draft`;
  }

  /** The name that it will have, after {@link end}. */
  get name(): string {
    return this.#ended?.name ?? "";
  }

  #begin(): PackOutput {
    const output = new PackOutput(`${this.#folder}/${this.#random}.pack.draft`);
    output.append(Buffer.from(PACK_MAGIC, "latin1"));
    return output;
  }
}
