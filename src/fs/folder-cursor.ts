import { SystemError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { closeFd, openFolder } from "./at.ts";

/** How many folders stay open at once: far below any limit on open files, far above usual depths. */
const MOST_OPEN = 128;

/**
 * Opens folders below a root, one component at a time and never through a link, and keeps the way
 * to the current one open: neighbours cost one call, and no depth is too deep for PATH_MAX.
 */
export class FolderCursor implements Disposable {
  private names: string[] = [];
  /** fds[i] is the folder names[i]; -1 once closed to make room. */
  private fds: number[] = [];
  /** Undefined while the way there is being changed. */
  private path: string | undefined = "";
  private readonly root: number;

  /** `root` is an open folder; the cursor does not close it. */
  constructor(root: number) {
    this.root = root;
  }

  /** The open folder at `path` ("" is the root). Good until the next call. Throws SystemError. */
  open(path: RawPath): number {
    if (path === this.path && this.isOpen()) return this.current();
    this.path = undefined;
    const wanted = path === "" ? [] : path.split("/");
    this.leave(this.commonWith(wanted));
    this.reopen();
    for (const name of wanted.slice(this.names.length)) this.enter(name as RawPath);
    this.path = path;
    return this.current();
  }

  /** Closes everything. */
  forget(): void {
    this.leave(0);
    this.path = "";
  }

  [Symbol.dispose](): void {
    this.forget();
  }

  private isOpen(): boolean {
    return this.fds.length === 0 || this.fds[this.fds.length - 1] !== -1;
  }

  private current(): number {
    return this.fds.length === 0 ? this.root : (this.fds[this.fds.length - 1] as number);
  }

  private commonWith(wanted: readonly string[]): number {
    let depth = 0;
    while (depth < this.names.length && this.names[depth] === wanted[depth]) depth++;
    return depth;
  }

  private leave(depth: number): void {
    for (const fd of this.fds.splice(depth)) if (fd !== -1) closeFd(fd);
    this.names.length = depth;
  }

  /** An ancestor that was closed to make room is found again from the nearest open one. */
  private reopen(): void {
    if (this.isOpen()) return;
    const names = [...this.names];
    const open = this.fds.findLastIndex((fd) => fd !== -1) + 1;
    this.leave(open);
    for (const name of names.slice(open)) this.enter(name as RawPath);
  }

  private enter(name: RawPath): void {
    // Nothing that jvs makes holds such a name; a forged record could, to lead outside.
    if (name === "" || name === "." || name === "..")
      throw new SystemError("ELOOP", "open", toText(name));
    this.fds.push(openFolder(this.current(), name));
    this.names.push(name);
    const tooOld = this.fds.length - 1 - MOST_OPEN;
    if (tooOld >= 0 && this.fds[tooOld] !== -1) {
      closeFd(this.fds[tooOld] as number);
      this.fds[tooOld] = -1;
    }
  }
}
