import { IoBuffer } from "./file-io.ts";

/** Most files fit. */
const LEAST = 64 * 1024;

/**
 * Memory for files that are read one after the other, as large as the largest of them so far: to make
 * all zero that the largest may take, before the first, costs more than to read a dozen small ones.
 */
export class GrowingBuffer {
  #buffer: IoBuffer = new IoBuffer(LEAST);

  /** Room for so many bytes. What was there before is gone where it had to grow. */
  withRoom(bytes: number): IoBuffer {
    if (bytes > this.#buffer.bytes.length)
      this.#buffer = new IoBuffer(Math.max(bytes, 2 * this.#buffer.bytes.length));
    return this.#buffer;
  }
}
