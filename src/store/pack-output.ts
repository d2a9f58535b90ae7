import { closeFd } from "../fs/at.ts";
import { openSync, removeIfAny, writeSync } from "../fs/files.ts";
import { O_CREAT, O_EXCL, O_WRONLY } from "../fs/open-flags.ts";
import { withPath } from "./store-errors.ts";

const BUFFER_SIZE = 1 << 20;
/** Nobody edits a pack, not even its owner by accident. */
const READ_ONLY = 0o444;

/** A file written from its beginning to its end through one buffer. After a failure it only repeats it. */
export class PackOutput {
  readonly path: string;
  readonly fd: number;
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  #filled = 0;
  #flushed = 0;
  #failure: unknown;
  #isOpen = true;

  /** Creates the file at `path`, which must not exist; throws the system's error. */
  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL, READ_ONLY);
  }

  /** Bytes appended so far. */
  get position(): number {
    return this.#flushed + this.#filled;
  }

  /** Appends the bytes, which may be reused at once. Throws a SystemError with the path (ENOSPC, EIO). */
  append(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > BUFFER_SIZE) this.flush();
    if (bytes.length > BUFFER_SIZE) this.#write(bytes);
    else {
      this.#buffer.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  /** Hands all that was appended to the system. Throws as {@link append} does, also for a failure before. */
  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** May be called twice. */
  close(): void {
    if (this.#isOpen) closeFd(this.fd);
    this.#isOpen = false;
  }

  /** Closes and deletes the file. May be called twice. */
  discard(): void {
    this.close();
    removeIfAny(this.path);
  }

  #write(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes.subarray(done));
    } catch (error) {
      this.#failure = withPath(error, { action: "write", path: this.path });
      throw this.#failure;
    }
    this.#flushed += bytes.length;
  }
}
