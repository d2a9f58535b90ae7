import type { FolderCursor } from "../../fs/folder-cursor.ts";
import type { Inotify } from "../../fs/inotify.ts";
import { FolderLister, NAME_OFFSET, recordLength } from "../../fs/list-folder.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { joinRaw, type RawPath } from "../../model/raw-path.ts";

/** A watched folder. */
export interface WatchedFolder {
  readonly parent: WatchedFolder | undefined;
  readonly name: RawPath;
  watch: number;
  readonly folders: Map<RawPath, WatchedFolder>;
}

/** Is told what a folder that was not watched before holds beside folders. */
export interface Newcomers {
  file(path: RawPath): void;
}

/** Where the kind of a name stands in a `struct linux_dirent64`, and what it may be. */
const TYPE_OFFSET = 18;
const DT_UNKNOWN = 0;
const DT_DIR = 4;

/** The folders of a workspace that are watched, as a tree: which paths the watches stand for. */
export class WatchedFolders {
  readonly root: WatchedFolder = {
    parent: undefined,
    name: "" as RawPath,
    watch: -1,
    folders: new Map(),
  };
  /** Folders that may not be looked into: of what is in them nothing is known. */
  readonly blind: Set<RawPath> = new Set();
  private readonly byWatch = new Map<number, WatchedFolder>();
  private readonly inotify: Inotify;
  private readonly skip: RawPath;
  private readonly lister = new FolderLister();

  /** @param skip A name right below the root that is not content: the control folder. */
  constructor(inotify: Inotify, skip: RawPath) {
    this.inotify = inotify;
    this.skip = skip;
  }

  get size(): number {
    return this.byWatch.size;
  }

  /** The folder that an event is of; undefined for a watch that is given up. */
  find(watch: number): WatchedFolder | undefined {
    return this.byWatch.get(watch);
  }

  /** Whether the folder is still part of the tree. */
  isWatched(folder: WatchedFolder): boolean {
    return this.byWatch.get(folder.watch) === folder;
  }

  pathOf(folder: WatchedFolder): RawPath {
    const { parent, name } = folder;
    return parent === undefined ? name : joinRaw(this.pathOf(parent), name);
  }

  /** Begins with the root; {@link watchBelow} goes on. */
  watchRoot(fd: number): WatchedFolder {
    this.root.watch = this.inotify.watch(fd, "" as RawPath);
    this.byWatch.set(this.root.watch, this.root);
    return this.root;
  }

  /**
   * Watches whatever folder has that name by now, and nothing if none has.
   *
   * @returns the folder, whose own folders are not watched yet
   * @throws SystemError ENOSPC at the limit of watches
   */
  watch(cursor: FolderCursor, parent: WatchedFolder, name: RawPath): WatchedFolder | undefined {
    if (parent === this.root && name === this.skip) return undefined;
    const before = parent.folders.get(name);
    if (before !== undefined) this.forget(before);
    const path = joinRaw(this.pathOf(parent), name);
    this.blind.delete(path);
    try {
      const watch = this.inotify.watch(cursor.open(path), path);
      const folder = { parent, name, watch, folders: new Map() };
      parent.folders.set(name, folder);
      this.byWatch.set(watch, folder);
      return folder;
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === "EACCES" || code === "EPERM") this.blind.add(path);
      else if (!/^(ENOENT|ENOTDIR|ELOOP)$/.test(code)) throw error;
      return undefined;
    }
  }

  /**
   * Watches the folders in `folder`, which is watched: whatever comes from then on is an event.
   *
   * @returns those folders, whose own ones are not watched yet
   */
  watchChildren(cursor: FolderCursor, folder: WatchedFolder, told?: Newcomers): WatchedFolder[] {
    const path = this.pathOf(folder);
    const found: WatchedFolder[] = [];
    for (const { name, type } of this.list(cursor, path)) {
      if (type !== DT_DIR) told?.file(joinRaw(path, name));
      const mayBeFolder = type === DT_DIR || type === DT_UNKNOWN;
      const child = mayBeFolder ? this.watch(cursor, folder, name) : undefined;
      if (child !== undefined) found.push(child);
    }
    return found;
  }

  /** Gives up a folder and all below. What is watched under another name by now stays so. */
  forget(folder: WatchedFolder): void {
    folder.parent?.folders.delete(folder.name);
    for (const pending = [folder]; pending.length > 0; ) {
      const one = pending.pop() as WatchedFolder;
      pending.push(...one.folders.values());
      if (!this.isWatched(one)) continue;
      this.byWatch.delete(one.watch);
      this.inotify.unwatch(one.watch);
    }
  }

  /** The kernel has ended a watch. */
  ended(watch: number): void {
    this.byWatch.delete(watch);
  }

  private list(cursor: FolderCursor, path: RawPath): { name: RawPath; type: number }[] {
    const { lister } = this;
    const names: { name: RawPath; type: number }[] = [];
    try {
      const end = lister.readAll(cursor.open(path), path);
      const bytes = Buffer.from(lister.bytes.buffer);
      for (let at = 0; at < end; at += recordLength(bytes, at)) {
        const start = at + NAME_OFFSET;
        const name = bytes.latin1Slice(start, bytes.indexOf(0, start)) as RawPath;
        const type = bytes[at + TYPE_OFFSET] as number;
        if (name !== "." && name !== "..") names.push({ name, type });
      }
    } catch (error) {
      // It went away, as its parent will tell, or is closed to us.
      if (!/^(ENOENT|ENOTDIR|ELOOP|EACCES|EPERM)$/.test(systemCodeOf(error))) throw error;
      if (/^(EACCES|EPERM)$/.test(systemCodeOf(error))) this.blind.add(path);
    }
    return names;
  }
}
