import { lstatSync } from "node:fs";
import {
  closeFd,
  makeFolder,
  openForRead,
  removeFile,
  renameOver,
  setMode,
  statAt,
} from "../fs/at.ts";
import { commitChanges, isSubvolume, setReadOnly, subvolumeOf } from "../fs/btrfs/subvolume.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { FolderLister } from "../fs/list-folder.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import { syncFiles } from "../fs/sync-files.ts";
import { listNames } from "../fs/walk-folder.ts";
import type { Entry } from "../model/entry.ts";
import { JvsError, SystemError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import { fromText, joinRaw, type RawPath } from "../model/raw-path.ts";
import { NOT_WRITABLE } from "../tree/apply/take-away-writing.ts";
import type { WriteContext } from "../tree/apply/write-context.ts";
import { applyMetadata, writeEntry } from "../tree/apply/write-entry.ts";
import { splitPath } from "../tree/split-path.ts";
import type { FolderView } from "../tree/tree-source.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import { makeSlotFolder } from "./make-slot-folder.ts";

/** The folder of a snapshot that is to be put right. */
export interface SlotMending {
  readonly path: string;
  /** What it must hold. */
  readonly tree: FolderView;
  /** The mode of the folder itself. */
  readonly rootMode: number;
  /** Whether modes in it are those of the workspace; otherwise nobody has the right to write. */
  readonly isWritable: boolean;
  /** The files in it that are not as they were. */
  readonly damaged: ReadonlySet<RawPath>;
}

const HERE = "." as RawPath;
/** What is written beside a file until it takes its place; a repair that was killed leaves one. */
const BESIDE = /^\.jvs-mend-[0-9a-f]{8}$/;
const PERMISSIONS = 0o7777;

/**
 * Puts files in the folder of a snapshot right again, each beside the damaged one and then in its
 * place; a folder that is gone comes back with all that was in it. What cannot be had, or is in the
 * way, stays as it is. Returns how many entries were written.
 *
 * @throws SystemError, E_INTERRUPTED; what was written until then is whole
 */
export async function mendSlot(mending: SlotMending, context: WriteContext): Promise<number> {
  const isNew = lstatSync(mending.path, { throwIfNoEntry: false }) === undefined;
  if (isNew) makeSlotFolder(mending.path);
  using root = openWorkspaceFolder(mending.path);
  // One that is not sealed was left so by a repair that was killed.
  const sealed = isSubvolume(root.fd);
  if (sealed && subvolumeOf(root.fd).isReadOnly) setReadOnly(root.fd, false);
  try {
    const mask = mending.isWritable ? PERMISSIONS : NOT_WRITABLE;
    using mender = new SlotMender(root.fd, { ...mending, context, mask });
    try {
      await mender.mend(mending, isNew);
    } finally {
      mender.closeFolders();
    }
    if (isNew) setMode(root.fd, HERE, mending.rootMode & mask);
    return mender.written;
  } finally {
    if (sealed) {
      setReadOnly(root.fd, true);
      commitChanges(root.fd);
    }
  }
}

class SlotMender implements Disposable {
  written = 0;
  private readonly context: WriteContext;
  private readonly mask: number;
  private readonly cursor: FolderCursor;
  private readonly stat = new StatBuffer();
  /** Folders that came back. */
  private readonly made = new Map<RawPath, Entry>();
  /** Folders that were opened for writing. */
  private readonly opened = new Set<RawPath>();
  /** Of all folders, as the tree has them: what is there may have been left open by a killed repair. */
  private readonly modes: Map<RawPath, number>;
  /** What the snapshot holds under a name like those of ours. */
  private readonly kept = new Set<RawPath>();

  constructor(
    root: number,
    { context, mask, rootMode }: { context: WriteContext; mask: number; rootMode: number },
  ) {
    this.context = context;
    this.mask = mask;
    this.cursor = new FolderCursor(root);
    this.modes = new Map([["" as RawPath, rootMode]]);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  async mend({ tree, damaged }: SlotMending, isNew: boolean): Promise<void> {
    for (const [path, entry] of walkTree(tree)) {
      const { folder, name } = splitPath(path);
      if (entry.kind === "d") this.modes.set(path, entry.mode);
      if (BESIDE.test(name)) this.kept.add(path);
      const isBack = folder === "" ? isNew : this.made.has(folder);
      if (entry.kind === "d" || isBack || damaged.has(path)) await this.tryToMend(path, entry);
      await this.context.progress.breathe();
    }
  }

  private async tryToMend(path: RawPath, entry: Entry): Promise<void> {
    try {
      if (entry.kind === "d") this.makeFolder(path, entry);
      else await this.place(path, entry);
    } catch (error) {
      if (!isBeyondUs(error)) throw error;
    }
  }

  /** The deepest first: what closes the way to a folder comes last. */
  closeFolders(): void {
    const paths = [...new Set([...this.opened, ...this.made.keys()])];
    for (const path of paths.sort((one, other) => other.length - one.length)) {
      const place = { at: this.cursor.open(path), name: HERE };
      this.removeLeftovers(place.at, path);
      const entry = this.made.get(path);
      if (entry !== undefined) applyMetadata(place, entry, this.context);
      setMode(place.at, HERE, (this.modes.get(path) as number) & this.mask);
    }
  }

  private removeLeftovers(at: number, folder: RawPath): void {
    for (const name of listNames(new FolderLister(), at, folder))
      if (BESIDE.test(name) && !this.kept.has(joinRaw(folder, name))) removeFile(at, name);
  }

  private makeFolder(path: RawPath, entry: Entry): void {
    const { folder, name } = splitPath(path);
    if (statAt(this.cursor.open(folder), name, this.stat)) return;
    makeFolder(this.openForWriting(folder), name, 0o700);
    this.made.set(path, entry);
    this.written++;
  }

  private async place(path: RawPath, entry: Entry): Promise<void> {
    const { folder, name } = splitPath(path);
    const at = this.openForWriting(folder);
    const beside = { at, name: fromText(`.jvs-mend-${crypto.randomUUID().slice(0, 8)}`) };
    try {
      await writeEntry(beside, entry, this.context);
      if (entry.kind === "f") await this.settle(beside, entry);
      failPoint("slot-mending");
      renameOver(beside, { at, name });
    } catch (error) {
      if (statAt(at, beside.name, this.stat)) removeFile(at, beside.name);
      throw error;
    }
    this.written++;
  }

  private async settle({ at, name }: { at: number; name: RawPath }, entry: Entry): Promise<void> {
    setMode(at, name, (entry.mode & this.mask) | 0o400);
    const fd = openForRead(at, name);
    try {
      await syncFiles([fd]);
    } finally {
      closeFd(fd);
    }
    setMode(at, name, entry.mode & this.mask);
  }

  private openForWriting(folder: RawPath): number {
    const at = this.cursor.open(folder);
    if (this.opened.has(folder) || this.made.has(folder)) return at;
    statAt(at, HERE, this.stat);
    this.opened.add(folder);
    setMode(at, HERE, (this.stat.mode & PERMISSIONS) | 0o700);
    return at;
  }
}

/** What is wrong with one file, or in its way, keeps nobody from mending the next one. */
function isBeyondUs(error: unknown): boolean {
  if (error instanceof SystemError)
    return /^(ENOENT|ENOTDIR|ELOOP|EISDIR|ENOTEMPTY|EEXIST|EACCES|EPERM|EROFS|EIO)$/.test(
      error.code,
    );
  return error instanceof JvsError && /^E_OBJECT_/.test(error.code);
}
