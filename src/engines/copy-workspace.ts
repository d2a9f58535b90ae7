import {
  closeFd,
  createFile,
  makeFifo,
  makeFolder,
  makeHardLink,
  makeLink,
  openForRead,
  type Place,
  readLink,
  removeFile,
  setMode,
  setMtime,
  setOwner,
  statAt,
  statFd,
} from "../fs/at.ts";
import { hasHole } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import { readXattrs, writeXattrs, type Xattr } from "../fs/xattrs.ts";
import type { Loss, ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import { NOT_WRITABLE } from "../tree/apply/take-away-writing.ts";
import { encodeXattrs } from "../tree/encode-xattrs.ts";
import { lossOf } from "../tree/loss-of.ts";
import { changing, withPath } from "../tree/read-errors.ts";
import { rowsTopDown } from "../tree/rows-top-down.ts";
import { FLAG, KIND } from "../tree/scan-table.ts";
import type { CaptureInput } from "./engine.ts";
import type { PreviousSlot } from "./previous-slot.ts";

/** Brings the content of an open file into an open, empty one. `size` in bytes, as it was when it was opened. */
export type CopyBytes = (target: number, source: number, size: number) => void;

export interface CopyRules {
  readonly copyBytes: CopyBytes;
  /** Where a file that did not change lies already. */
  readonly previous?: PreviousSlot;
}

const TRIES = 3;
const HERE = "." as RawPath;

/**
 * Copies what a scan found into the open, empty folder `slot`: modes but for the right to write,
 * times, attributes, links of both kinds, holes, owners where we may. Returns what could not be kept.
 *
 * @throws E_FILE_CHANGING, E_INTERRUPTED, SystemError
 */
export async function copyWorkspace(
  input: CaptureInput,
  slot: number,
  rules: CopyRules,
): Promise<Loss[]> {
  using copier = new WorkspaceCopier(input, slot, rules);
  const { table } = input.scan;
  let done = 0;
  for (const row of rowsTopDown(table)) {
    copier.copy(row);
    if (++done % 256 !== 0) continue;
    input.progress.report({ phase: "copying", done, total: table.count });
    await input.progress.breathe();
  }
  copier.finishFolders();
  return copier.losses;
}

class WorkspaceCopier implements Disposable {
  readonly losses: Loss[] = [];
  private readonly input: CaptureInput;
  private readonly rules: CopyRules;
  private readonly slot: number;
  private readonly sources: FolderCursor;
  private readonly targets: FolderCursor;
  private readonly stat = new StatBuffer();
  private readonly again = new StatBuffer();
  /** The row of the first name of each file that has several, by its inode. */
  private readonly firstRows = new Map<string, number>();
  private readonly folders: number[] = [];

  constructor(input: CaptureInput, slot: number, rules: CopyRules) {
    this.input = input;
    this.rules = rules;
    this.slot = slot;
    this.sources = new FolderCursor(input.workspace.fd);
    this.targets = new FolderCursor(slot);
  }

  [Symbol.dispose](): void {
    this.sources[Symbol.dispose]();
    this.targets[Symbol.dispose]();
  }

  copy(row: number): void {
    const { table } = this.input.scan;
    if (!table.isKept(row)) return;
    const folder = table.pathOf(table.parent[row] as number);
    const name = table.nameOf(row);
    try {
      const from = { at: this.sources.open(folder), name };
      const to = { at: this.targets.open(folder), name };
      if (table.kind[row] === KIND.file) this.copyFile(row, from, to);
      else this.copyOther(row, from, to);
    } catch (error) {
      this.absorb(row, error);
    }
  }

  /** Folders get their modes last: one that may not be written could not be filled. */
  finishFolders(): void {
    const { table } = this.input.scan;
    for (const row of this.folders.reverse()) {
      const path = table.pathOf(row);
      // Opened as themselves: the mode that one of them gets here may close the way to it.
      const from = { at: this.sources.open(path), name: HERE };
      this.applyMetadata(row, from, { at: this.targets.open(path), name: HERE });
    }
    const root = { at: this.input.workspace.fd, name: HERE };
    this.applyMetadata(0, root, { at: this.slot, name: HERE });
  }

  private copyOther(row: number, from: Place, to: Place): void {
    const { kind } = this.input.scan.table;
    if (kind[row] === KIND.folder) {
      makeFolder(to.at, to.name, 0o700);
      this.folders.push(row);
      return;
    }
    if (kind[row] === KIND.fifo) makeFifo(to.at, to.name, 0o600);
    else {
      const target = readLink(from.at, from.name);
      makeLink(to.at, to.name, Buffer.from(target).latin1Slice() as RawPath);
    }
    this.applyMetadata(row, from, to);
    if (kind[row] === KIND.fifo) this.setTime(row, to);
  }

  private copyFile(row: number, from: Place, to: Place): void {
    if (this.linkToFirst(row, to) || this.rules.previous?.link(row, to) === true) return;
    const fd = openForRead(from.at, from.name);
    try {
      for (let attempt = 1; !this.tryCopy(fd, to); attempt++) {
        if (attempt >= TRIES && this.isKeptAnyway(row)) break;
        removeFile(to.at, to.name);
      }
      this.applyMetadata(row, from, to);
      this.noteHoles(row, fd);
      const { mtimeSeconds, mtimeNanos } = this.stat;
      setMtime(to.at, to.name, BigInt(mtimeSeconds) * 1_000_000_000n + BigInt(mtimeNanos));
    } finally {
      closeFd(fd);
    }
  }

  /** Whether this is a further name of a file that was copied under another one. */
  private linkToFirst(row: number, to: Place): boolean {
    const { table, linked } = this.input.scan;
    const inode = linked.get(row);
    if (inode === undefined) return false;
    const first = this.firstRows.get(inode);
    if (first === undefined) {
      this.firstRows.set(inode, row);
      return false;
    }
    using cursor = new FolderCursor(this.slot);
    const at = cursor.open(table.pathOf(table.parent[first] as number));
    makeHardLink({ at, name: table.nameOf(first) }, to);
    this.nameAttributes(row, table.xattrs.get(first));
    table.setFlag(row, (table.flags[first] as number) & FLAG.sparse);
    return true;
  }

  /** False when the file changed meanwhile. */
  private tryCopy(fd: number, to: Place): boolean {
    const { stat, again } = this;
    statFd(fd, stat);
    const target = createFile(to.at, to.name);
    try {
      this.rules.copyBytes(target, fd, stat.size);
    } finally {
      closeFd(target);
    }
    statFd(fd, again);
    return (
      stat.size === again.size &&
      stat.mtimeNanos === again.mtimeNanos &&
      stat.mtimeSeconds === again.mtimeSeconds &&
      stat.ctimeNanos === again.ctimeNanos
    );
  }

  /** @throws E_FILE_CHANGING unless such files are to be kept as they are */
  private isKeptAnyway(row: number): boolean {
    const path = this.input.scan.table.pathOf(row);
    if (!this.input.allowUnstable) throw changing(path);
    this.losses.push(lossOf(path, "unstable"));
    return true;
  }

  private applyMetadata(row: number, from: Place, to: Place): void {
    const { table } = this.input.scan;
    const owner = { uid: table.uid[row] as number, gid: table.gid[row] as number };
    try {
      setOwner(to.at, to.name, owner);
    } catch (error) {
      // The tree knows the owner; this copy need not.
      if (!/^(EPERM|EINVAL)$/.test(systemCodeOf(error))) throw error;
    }
    for (const key of writeXattrs(to.at, to.name, this.readAttributes(row, from)))
      this.losses.push(lossOf(table.pathOf(row), "xattr", `the attribute ${key} was refused`));
    if (table.kind[row] !== KIND.link)
      setMode(to.at, to.name, (table.mode[row] as number) & NOT_WRITABLE);
  }

  /** Also names them in the scan: those of the copy follow its modes. */
  private readAttributes(row: number, from: Place): Xattr[] {
    const attributes = readXattrs(from.at, from.name);
    const { writer } = this.input;
    this.nameAttributes(
      row,
      attributes.length === 0 ? undefined : writer.put(encodeXattrs(attributes)),
    );
    return attributes;
  }

  private nameAttributes(row: number, id: ObjectId | undefined): void {
    const { scan } = this.input;
    const { xattrs, parent } = scan.table;
    if (xattrs.get(row) !== id) scan.markDirty(parent[row] as number);
    if (id === undefined) xattrs.delete(row);
    else xattrs.set(row, id);
  }

  /** As the workspace has them: a copy may have its holes elsewhere. */
  private noteHoles(row: number, fd: number): void {
    const { table } = this.input.scan;
    const { blocks, size } = this.stat;
    if (blocks * 512 < size && hasHole(fd, size)) table.setFlag(row, FLAG.sparse);
    else table.clearFlag(row, FLAG.sparse);
  }

  private setTime(row: number, to: Place): void {
    const { mtimeSeconds, mtimeNanos } = this.input.scan.table;
    const seconds = BigInt(mtimeSeconds[row] as number);
    setMtime(to.at, to.name, seconds * 1_000_000_000n + BigInt(mtimeNanos[row] as number));
  }

  /** What went away is not in the copy; what may not be read is a loss. */
  private absorb(row: number, error: unknown): void {
    const code = systemCodeOf(error);
    const path = this.input.scan.table.pathOf(row);
    if (code === "EACCES" || code === "EPERM") this.losses.push(lossOf(path, "unreadable"));
    else if (/^(ENOENT|ENOTDIR)$/.test(code) && this.isThere(row)) throw changing(path);
    else if (!/^(ENOENT|ENOTDIR|ELOOP|ENXIO|EINVAL)$/.test(code)) throw withPath(error, path);
  }

  /** What is gone is left out; what was gone for a moment only must not be. */
  private isThere(row: number): boolean {
    const { table } = this.input.scan;
    try {
      const at = this.sources.open(table.pathOf(table.parent[row] as number));
      return statAt(at, table.nameOf(row), this.again);
    } catch {
      return false; // Its folder is gone, too.
    }
  }
}
