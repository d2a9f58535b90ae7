import type { Entry, EntryKind, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { ID_BYTES } from "./scan-table.ts";

/** Memory is taken by the piece: nothing is copied when more is needed. */
const PIECE = 1 << 20;
/** Mostly little is kept. */
const FIRST_PIECE = 1 << 13;
/** All of a record but its name. */
const MOST_BYTES = 256;

/** What of an entry is in its record, beside what every record has. */
const HAS = { content: 1, xattrs: 2, sparse: 4, uid: 8, gid: 16, time: 32, longTime: 64 } as const;
/** Nanoseconds that 64 bits can tell, in the one way in which they are written. */
const SHORT_TIME = /^(0|-?[1-9]\d{0,17})$/;

/**
 * Entries in some 60 bytes each. Objects with their strings take five times as much, and there may
 * be a million.
 */
export class PackedEntries {
  private readonly pieces: Buffer[] = [];
  private used = 0;

  /** Returns its place, for {@link at}: above zero, and with 32 bits. Of an entry without a name the name is "". */
  add(entry: Entry): number {
    const most = MOST_BYTES + entry.name.length;
    if (this.used + most > (this.pieces.at(-1)?.length ?? 0)) {
      const usual = this.pieces.length === 0 ? FIRST_PIECE : PIECE;
      this.pieces.push(Buffer.allocUnsafe(Math.max(usual, most)));
      this.used = 0;
    }
    const start = this.used;
    this.used = new Record(this.pieces.at(-1) as Buffer, start).write(entry);
    return (this.pieces.length - 1) * PIECE + start + 1;
  }

  /** The entry at a place. Folders cannot be looked into. */
  at(place: number): Entry {
    return this.recordAt(place).read();
  }

  /** The name of the entry at a place. */
  nameAt(place: number): RawPath {
    return this.recordAt(place).readName();
  }

  private recordAt(place: number): Record {
    const piece = this.pieces[Math.floor((place - 1) / PIECE)] as Buffer;
    return new Record(piece, (place - 1) % PIECE);
  }
}

/** One entry: its parts one after the other, from `at` on. */
class Record {
  private readonly bytes: Buffer;
  private at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Returns where it ends. */
  write(entry: Entry): number {
    const { bytes } = this;
    const { name, kind, mode, size, mtime, content, xattrs, uid, gid } = entry;
    const parts = partsOf(entry);
    this.at = bytes.writeUInt16LE(name.length, this.at);
    this.at += bytes.write(name, this.at, "latin1");
    this.at = bytes.writeUInt8(parts, this.at);
    this.at = bytes.writeUInt8(kind.charCodeAt(0), this.at);
    this.at = bytes.writeUInt16LE(mode, this.at);
    this.at = bytes.writeDoubleLE(size, this.at);
    if ((parts & HAS.time) !== 0) this.at = bytes.writeBigInt64LE(BigInt(mtime), this.at);
    if ((parts & HAS.longTime) !== 0) {
      this.at = bytes.writeUInt8(mtime.length, this.at);
      this.at += bytes.write(mtime, this.at, "latin1");
    }
    if (content !== "") this.at += bytes.write(content, this.at, "hex");
    if (xattrs !== undefined) this.at += bytes.write(xattrs, this.at, "hex");
    if (uid !== undefined) this.at = bytes.writeUInt32LE(uid, this.at);
    if (gid !== undefined) this.at = bytes.writeUInt32LE(gid, this.at);
    return this.at;
  }

  readName(): RawPath {
    const start = this.at + 2;
    this.at = start + this.bytes.readUInt16LE(this.at);
    return this.bytes.latin1Slice(start, this.at) as RawPath;
  }

  read(): Entry {
    const name = this.readName();
    const parts = this.bytes[this.at] as number;
    const kind = String.fromCharCode(this.bytes[this.at + 1] as number) as EntryKind;
    const mode = this.bytes.readUInt16LE(this.at + 2);
    const size = this.bytes.readDoubleLE(this.at + 4);
    this.at += 12;
    const mtime = this.readTime(parts);
    const content = (parts & HAS.content) === 0 ? "" : this.readId();
    const entry: Entry = { name, kind, mode, size, mtime, content };
    // What nearly no entry has.
    return (parts & ~(HAS.content | HAS.time)) === 0
      ? entry
      : { ...entry, ...this.readRest(parts) };
  }

  private readRest(parts: number): Partial<Entry> {
    return {
      ...((parts & HAS.xattrs) === 0 ? {} : { xattrs: this.readId() }),
      ...((parts & HAS.sparse) === 0 ? {} : { sparse: true }),
      ...((parts & HAS.uid) === 0 ? {} : { uid: this.readNumber() }),
      ...((parts & HAS.gid) === 0 ? {} : { gid: this.readNumber() }),
    };
  }

  private readTime(parts: number): string {
    if ((parts & HAS.time) !== 0) {
      this.at += 8;
      return String(this.bytes.readBigInt64LE(this.at - 8));
    }
    if ((parts & HAS.longTime) === 0) return "-";
    const start = this.at + 1;
    this.at = start + (this.bytes[this.at] as number);
    return this.bytes.latin1Slice(start, this.at);
  }

  private readId(): ObjectId {
    this.at += ID_BYTES;
    return this.bytes.hexSlice(this.at - ID_BYTES, this.at) as ObjectId;
  }

  private readNumber(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }
}

function partsOf({ mtime, content, xattrs, sparse, uid, gid }: Entry): number {
  const time = SHORT_TIME.test(mtime) ? HAS.time : HAS.longTime;
  return (
    (content === "" ? 0 : HAS.content) |
    (xattrs === undefined ? 0 : HAS.xattrs) |
    (sparse === true ? HAS.sparse : 0) |
    (uid === undefined ? 0 : HAS.uid) |
    (gid === undefined ? 0 : HAS.gid) |
    (mtime === "-" ? 0 : time)
  );
}
