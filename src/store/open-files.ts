import { closeFd } from "../fs/at.ts";
import { openForReading } from "./open-for-reading.ts";

/** Files that stay open at one time: more packs than a consolidated store has. */
const MOST = 64;

/** Files kept open for reading, the longest open one closed for a new one. */
export class OpenFiles {
  readonly #fds: Map<string, number> = new Map();

  /** The file at `path`, opened where need be. Good until the next call. Throws the system's error. */
  open(path: string): number {
    const known = this.#fds.get(path);
    if (known !== undefined) return known;
    const [oldest] = this.#fds.keys();
    if (oldest !== undefined && this.#fds.size >= MOST) this.close(oldest);
    const fd = openForReading(path);
    this.#fds.set(path, fd);
    return fd;
  }

  close(path: string): void {
    const fd = this.#fds.get(path);
    this.#fds.delete(path);
    if (fd !== undefined) closeFd(fd);
  }

  closeAll(): void {
    for (const path of [...this.#fds.keys()]) this.close(path);
  }
}
