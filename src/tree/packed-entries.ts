import type { Entry, ObjectId } from "../model/entry.ts";
import { formatEntry, parseEntry } from "./entry-line.ts";
import { ID_BYTES } from "./scan-table.ts";

/** Memory is taken by the piece: nothing is copied when more is needed. */
const PIECE = 1 << 20;
const LINE_END = 10;
const HEX: number = 2 * ID_BYTES;
/** Stands where a folder's content has no name yet. */
const UNNAMED = "0".repeat(HEX) as ObjectId;

/**
 * Entries as lines of folders (see formatEntry) with their content's name in half the bytes: 75 or
 * so each. Objects with their strings take four times as much, and there may be a million.
 */
export class PackedEntries {
  private readonly pieces: Buffer[] = [];
  private used = PIECE;

  /** Returns its place, for {@link at}: above zero, and with 32 bits. */
  add(entry: Entry): number {
    const { content } = entry;
    const line = formatEntry(content === "" ? { ...entry, content: UNNAMED } : entry);
    const idAt = startOfId(line);
    const piece = this.pieceFor(line.length + 2);
    const start = this.used;
    piece[start] = idAt;
    piece.write(line.slice(0, idAt), start + 1, "latin1");
    piece.write(line.slice(idAt, idAt + HEX), start + 1 + idAt, "hex");
    const rest = line.slice(idAt + HEX);
    const restAt = start + 1 + idAt + ID_BYTES;
    piece.write(rest, restAt, "latin1");
    piece[restAt + rest.length] = LINE_END;
    this.used = restAt + rest.length + 1;
    return (this.pieces.length - 1) * PIECE + start + 1;
  }

  /** The entry at a place. Folders cannot be looked into. */
  at(place: number): Entry {
    const piece = this.pieces[Math.floor((place - 1) / PIECE)] as Buffer;
    const start = (place - 1) % PIECE;
    const idStart = start + 1 + (piece[start] as number);
    const idEnd = idStart + ID_BYTES;
    const id = piece.hexSlice(idStart, idEnd);
    const rest = piece.latin1Slice(idEnd, piece.indexOf(LINE_END, idEnd));
    const entry = parseEntry(`${piece.latin1Slice(start + 1, idStart)}${id}${rest}`);
    return entry.content === UNNAMED ? { ...entry, content: "" } : entry;
  }

  private pieceFor(bytes: number): Buffer {
    if (this.used + bytes > PIECE) {
      this.pieces.push(Buffer.allocUnsafe(PIECE));
      this.used = 0;
    }
    return this.pieces.at(-1) as Buffer;
  }
}

/** Behind the kind, the mode, the size and the time. */
function startOfId(line: string): number {
  let at = 0;
  for (let field = 0; field < 4; field++) at = line.indexOf(" ", at) + 1;
  return at;
}
