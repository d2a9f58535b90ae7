import { fstatSync } from "../fs/files.ts";
import { type OpenFile, readAt } from "./read-at.ts";

/** Read at once while the reader goes on where it was, and after it has skipped something. */
const MOST = 1 << 20;
const FEWEST = 4 << 10;
const GROWTH = 4;

/**
 * An open file read mostly forwards, in few large reads. Whoever looks at headers alone skips what is
 * between them: then little more is read than asked for.
 */
export class PackWindow {
  /** Bytes of the file. */
  readonly size: number;
  readonly #file: OpenFile;
  /** Kept as long as it is large enough: new memory costs as much as what is read into it. */
  #memory: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #ahead = FEWEST;

  /** Throws the system's error. */
  constructor(file: OpenFile) {
    this.#file = file;
    this.size = fstatSync(file.fd).size;
  }

  /**
   * The `length` bytes at `offset`, or fewer at the end of the file; good until the next call.
   * Throws a SystemError with the path.
   */
  bytes(offset: number, length: number): Uint8Array {
    if (offset < this.#start || offset + length > this.#end) this.#load(offset, length);
    const end = Math.min(offset + length, this.#end);
    return this.#memory.subarray(offset - this.#start, Math.max(end, offset) - this.#start);
  }

  #load(offset: number, length: number): void {
    const goesOn = offset >= this.#start && offset <= this.#end;
    this.#ahead = goesOn ? Math.min(this.#ahead * GROWTH, MOST) : FEWEST;
    const rest = Math.max(this.size - offset, 0);
    const wanted = Math.min(Math.max(length, this.#ahead), rest);
    if (this.#memory.length < wanted)
      this.#memory = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.#memory.length));
    this.#start = offset;
    this.#end = offset + readAt(this.#file, this.#memory.subarray(0, wanted), offset);
  }
}
