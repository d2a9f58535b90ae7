import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IdKey } from "./id-key.ts";
import { encodeIndex } from "./index-format.ts";
import { byteInPage, ObjectTable } from "./object-table.ts";
import { encodeTrailer, HEADER_SIZE, PACK_MAGIC, toHex64, xxh3 } from "./pack-format.ts";
import { PackOutput } from "./pack-output.ts";
import type { Payload } from "./payload.ts";

/** A pack that became part of the store. */
export interface InstalledPack {
  readonly name: string;
  /** The bytes of its index. */
  readonly index: Uint8Array;
}

/**
 * A pack being written in a folder of its own. No file exists before the first record, and nothing
 * is visible in the store before {@link install}.
 */
export class DraftPack {
  readonly #random: string = crypto.randomUUID().slice(0, 8);
  readonly #folder: string;
  readonly #table: ObjectTable = new ObjectTable();
  #output: PackOutput | undefined;
  /** Present after {@link end}. */
  #ended: InstalledPack | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get objectCount(): number {
    return this.#table.count;
  }

  /** Bytes of the pack so far and, after {@link end}, of its index. */
  get storedBytes(): number {
    return (this.#output?.position ?? 0) + (this.#ended?.index.length ?? 0);
  }

  has(key: IdKey): boolean {
    return this.#table.has(key);
  }

  /** Appends a record. Throws the system's errors; after one, only {@link discard} makes sense. */
  add(key: IdKey, { encoding, rawSize, bytes }: Payload): void {
    this.#output ??= this.#begin();
    const row = { encoding, rawSize, storedSize: bytes.length, checksum: xxh3(bytes) };
    const page = this.#table.add(key, { ...row, offset: this.#output.position });
    const at = byteInPage(this.#table.count - 1);
    this.#output.append(page.bytes.subarray(at, at + HEADER_SIZE));
    this.#output.append(bytes);
  }

  /** Writes trailer and index; returns the pack's file, still open, or undefined when there is none. */
  end(): { packFd: number; packPath: string } | undefined {
    const output = this.#output;
    if (output === undefined) return undefined;
    const checksum = this.#table.checksum();
    output.append(encodeTrailer(this.#table.count, checksum));
    output.flush();
    const index = encodeIndex(this.#table);
    writeFileSync(this.#indexPath, index, { flag: "wx", mode: 0o444 });
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
    renameSync(this.#indexPath, join(packsFolder, `${ended.name}.idx`));
    renameSync(output.path, join(packsFolder, `${ended.name}.pack`));
    output.close();
    return ended;
  }

  /** Removes whatever was written and not installed. May be called twice. */
  discard(): void {
    this.#output?.discard();
    if (this.#output !== undefined) rmSync(this.#indexPath, { force: true });
  }

  get #indexPath(): string {
    return join(this.#folder, `${this.#random}.idx.draft`);
  }

  #begin(): PackOutput {
    const output = new PackOutput(join(this.#folder, `${this.#random}.pack.draft`));
    output.append(Buffer.from(PACK_MAGIC, "latin1"));
    return output;
  }
}
