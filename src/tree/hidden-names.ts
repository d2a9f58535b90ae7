import { closeFd, openFolder, statAt } from "../fs/at.ts";
import { S_IFDIR, S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import { walkFolder } from "../fs/walk-folder.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { TouchNode } from "./touched.ts";

/**
 * Names that were touched where rules keep everything out of trees. What is written through one of
 * them may be in a tree under another name.
 */
export class HiddenNames {
  /** Files with several names, by the lower half of their inode numbers. */
  readonly inodes: Set<number> = new Set();
  private readonly stat = new StatBuffer();

  /**
   * Looks at what was touched at `name` in the open folder `at`.
   *
   * @returns false where it may not be looked at: then only a full scan can tell
   */
  look(at: number, name: RawPath, node: TouchNode): boolean {
    try {
      this.lookAt(at, name, node);
      return true;
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      return false;
    }
  }

  private lookAt(at: number, name: RawPath, node: TouchNode): void {
    if (!statAt(at, name, this.stat)) return;
    this.note(this.stat);
    if ((this.stat.mode & S_IFMT) !== S_IFDIR) return;
    if (node.isDeep || node.names.size > 0) this.lookBelow(openFolder(at, name), node);
  }

  private lookBelow(fd: number, node: TouchNode): void {
    try {
      if (node.isDeep) for (const { stat } of walkFolder(fd)) this.note(stat);
      else for (const [name, below] of node.names) this.lookAt(fd, name, below);
    } finally {
      closeFd(fd);
    }
  }

  private note({ mode, nlink, inoLow }: StatBuffer): void {
    if ((mode & S_IFMT) === S_IFREG && nlink > 1) this.inodes.add(inoLow);
  }
}
