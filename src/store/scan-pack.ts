import { closeFd } from "../fs/at.ts";
import type { ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import { IdKey, idAt } from "./id-key.ts";
import { type EncodedIndex, encodeIndex } from "./index-format.ts";
import { ObjectTable } from "./object-table.ts";
import { openForReading } from "./open-for-reading.ts";
import {
  decodeHeader,
  encodeTrailer,
  GROUPED,
  HEADER_SIZE,
  isGrouped,
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
  /** With every object whose header is intact. */
  readonly index: EncodedIndex;
  readonly problems: readonly PackProblem[];
}

/**
 * Walks through the records of a pack, past damaged ones to the next intact header. With `payloads`
 * their stored bytes are checked too. Throws the system's error when the pack cannot be read.
 */
export function scanPack(path: string, { payloads }: { payloads: boolean }): ScannedPack {
  const fd = openForReading(path);
  try {
    return new PackScan(new PackWindow({ fd, path }), payloads).run();
  } finally {
    closeFd(fd);
  }
}

interface Header {
  readonly id: ObjectId;
  readonly row: ObjectRow;
}

class PackScan {
  readonly #file: PackWindow;
  readonly #payloads: boolean;
  readonly #table: ObjectTable = new ObjectTable();
  readonly #problems: PackProblem[] = [];
  readonly #key: IdKey = new IdKey();
  readonly #garbage: Garbage = new Garbage();
  /** The headers since the last stored bytes. */
  readonly #waiting: Header[] = [];

  constructor(file: PackWindow, payloads: boolean) {
    this.#file = file;
    this.#payloads = payloads;
  }

  run(): ScannedPack {
    const magic = Buffer.from(PACK_MAGIC, "latin1");
    if (!magic.equals(this.#file.bytes(0, PREFIX_SIZE)))
      this.#problems.push({ offset: 0, why: "the file does not begin as a pack" });
    let at = PREFIX_SIZE;
    while (at + HEADER_SIZE <= this.#file.size) at = this.#takeHeader(at);
    const index = encodeIndex(this.#table);
    const trailer = Buffer.from(encodeTrailer(this.#table.count, index.checksum));
    const isLast = at + TRAILER_SIZE === this.#file.size;
    if (!isLast || !trailer.equals(this.#file.bytes(at, TRAILER_SIZE)))
      this.#problems.push({ offset: at, why: "the trailer does not fit the records" });
    return { index, problems: this.#problems };
  }

  /** Returns where the next header begins. */
  #takeHeader(at: number): number {
    const header = this.#readHeader(at);
    if (header === undefined) {
      this.#problems.push({ offset: at, why: "the header of a record is damaged" });
      return this.#findHeader(at + 1);
    }
    this.#waiting.push(header);
    if (header.row.encoding === GROUPED) return at + HEADER_SIZE;
    this.#finishRecord(header.row);
    return at + HEADER_SIZE + header.row.storedSize;
  }

  /** The header at `at`, or undefined when there is no intact one. */
  #readHeader(at: number): Header | undefined {
    const memory = makeRowMemory(this.#file.bytes(at, HEADER_SIZE));
    if (memory.bytes.length < HEADER_SIZE || !isHeaderIntact(memory, 0)) return undefined;
    const row = { ...decodeHeader(memory, 0), offset: at };
    if (at + HEADER_SIZE + row.storedSize > this.#file.size) return undefined;
    return { id: idAt(memory.bytes, 0), row };
  }

  /** Takes the object whose stored bytes follow, and those before it that share them. */
  #finishRecord({ offset, storedSize, checksum, encoding }: ObjectRow): void {
    const isIntact =
      !this.#payloads || xxh3(this.#file.bytes(offset + HEADER_SIZE, storedSize)) === checksum;
    for (const { id, row } of this.#waiting) {
      const isMember = row.checksum === checksum && isGrouped(row.encoding) === isGrouped(encoding);
      if (!isMember || !this.#key.set(id)) continue;
      this.#table.fill(this.#table.reserve(this.#key), { ...row, offset });
      if (!isIntact) this.#problems.push({ offset, id, why: "the stored bytes are damaged" });
    }
    this.#garbage.add(this.#waiting.length);
    this.#waiting.length = 0;
  }

  /** Looks byte by byte for an intact header; returns the place of the trailer when there is none. */
  #findHeader(from: number): number {
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
