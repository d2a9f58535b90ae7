import { fstatSync } from "node:fs";
import { type OpenFile, readAt } from "./read-at.ts";

const WINDOW_SIZE = 1 << 20;

/** An open file read mostly forwards, in few large reads. */
export class PackWindow {
  /** Bytes of the file. */
  readonly size: number;
  readonly #file: OpenFile;
  #memory: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

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
    const rest = Math.max(this.size - offset, 0);
    const wanted = Math.min(Math.max(length, WINDOW_SIZE), rest);
    if (this.#memory.length < wanted) this.#memory = Buffer.allocUnsafeSlow(wanted);
    this.#start = offset;
    this.#end = offset + readAt(this.#file, this.#memory.subarray(0, wanted), offset);
  }
}
