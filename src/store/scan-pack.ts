import { closeSync, openSync } from "node:fs";
import type { ObjectId } from "../model/entry.ts";
import { IdKey } from "./id-key.ts";
import { ObjectTable } from "./object-table.ts";
import {
  decodeHeader,
  encodeTrailer,
  HEADER_SIZE,
  isHeaderIntact,
  makeRowMemory,
  type ObjectRow,
  PACK_MAGIC,
  PREFIX_SIZE,
  TRAILER_SIZE,
  xxh3,
} from "./pack-format.ts";
import { PackWindow } from "./pack-window.ts";

/** How far a search for the next record looks at once. */
const SEARCH_SIZE = 1 << 20;

/** A place in a pack that is not as it was written. */
export interface PackProblem {
  /** Bytes from the beginning of the pack. */
  readonly offset: number;
  /** Present where it is the content of one object. */
  readonly id?: ObjectId;
  readonly why: string;
}

export interface ScannedPack {
  /** Every record whose header is intact. */
  readonly table: ObjectTable;
  readonly problems: readonly PackProblem[];
}

/**
 * Walks through the records of a pack, past damaged ones to the next intact header. With `payloads`
 * their stored bytes are checked too. Throws the system's error when the pack cannot be read.
 */
export function scanPack(path: string, { payloads }: { payloads: boolean }): ScannedPack {
  const fd = openSync(path, "r");
  try {
    return new PackScan(new PackWindow({ fd, path }), payloads).run();
  } finally {
    closeSync(fd);
  }
}

class PackScan {
  readonly #file: PackWindow;
  readonly #payloads: boolean;
  readonly #table: ObjectTable = new ObjectTable();
  readonly #problems: PackProblem[] = [];
  readonly #key: IdKey = new IdKey();

  constructor(file: PackWindow, payloads: boolean) {
    this.#file = file;
    this.#payloads = payloads;
  }

  run(): ScannedPack {
    const magic = Buffer.from(PACK_MAGIC, "latin1");
    if (!magic.equals(this.#file.bytes(0, PREFIX_SIZE)))
      this.#problems.push({ offset: 0, why: "the file does not begin as a pack" });
    let at = PREFIX_SIZE;
    while (at + HEADER_SIZE <= this.#file.size) at = this.#takeRecord(at);
    const trailer = Buffer.from(encodeTrailer(this.#table.count, this.#table.checksum()));
    if (
      at + TRAILER_SIZE !== this.#file.size ||
      !trailer.equals(this.#file.bytes(at, TRAILER_SIZE))
    )
      this.#problems.push({ offset: at, why: "the trailer does not fit the records" });
    return { table: this.#table, problems: this.#problems };
  }

  /** Returns where the next record begins. */
  #takeRecord(at: number): number {
    const row = this.#readHeader(at);
    if (row === undefined) {
      this.#problems.push({ offset: at, why: "the header of a record is damaged" });
      return this.#findRecord(at + 1);
    }
    this.#table.add(this.#key, row);
    if (this.#payloads) this.#checkPayload(row);
    return at + HEADER_SIZE + row.storedSize;
  }

  /** The record at `at`, with its id in the key, or undefined when there is no intact header. */
  #readHeader(at: number): ObjectRow | undefined {
    const header = makeRowMemory(this.#file.bytes(at, HEADER_SIZE));
    if (header.bytes.length < HEADER_SIZE || !isHeaderIntact(header, 0)) return undefined;
    const row = { ...decodeHeader(header, 0), offset: at };
    this.#key.setBytes(header.bytes, 0);
    return at + HEADER_SIZE + row.storedSize <= this.#file.size ? row : undefined;
  }

  #checkPayload({ offset, storedSize, checksum }: ObjectRow): void {
    if (xxh3(this.#file.bytes(offset + HEADER_SIZE, storedSize)) === checksum) return;
    const id = this.#key.bytes.toString("hex") as ObjectId;
    this.#problems.push({ offset, id, why: "the stored bytes of an object are damaged" });
  }

  /** Looks byte by byte for an intact header; returns the place of the trailer when there is none. */
  #findRecord(from: number): number {
    for (let at = from; at + HEADER_SIZE <= this.#file.size; ) {
      const part = makeRowMemory(this.#file.bytes(at, SEARCH_SIZE));
      const places = part.bytes.length - HEADER_SIZE + 1;
      if (places <= 0) break;
      for (let place = 0; place < places; place++)
        if (isHeaderIntact(part, place)) return at + place;
      at += places;
    }
    return Math.max(from, this.#file.size - TRAILER_SIZE);
  }
}
