import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, StatBuffer } from "./stat-buffer.ts";

/** What statx(2) tells of one file, with the questions that node:fs has for it. */
export class FileStat extends StatBuffer {
  isFile(): boolean {
    return this.isOf(S_IFREG);
  }

  isDirectory(): boolean {
    return this.isOf(S_IFDIR);
  }

  isSymbolicLink(): boolean {
    return this.isOf(S_IFLNK);
  }

  isFIFO(): boolean {
    return this.isOf(S_IFIFO);
  }

  isCharacterDevice(): boolean {
    return this.isOf(S_IFCHR);
  }

  /** Milliseconds since 1970. */
  get mtimeMs(): number {
    return this.mtimeSeconds * 1000 + this.mtimeNanos / 1e6;
  }

  /** The same for two names of one file. */
  get identity(): string {
    return `${this.device}/${this.inode}`;
  }

  private isOf(type: number): boolean {
    return (this.mode & S_IFMT) === type;
  }
}
