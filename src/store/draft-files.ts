import { closeFd, openFolder, type Place, renameOver } from "../fs/at.ts";
import { cloneFile } from "../fs/clone-file.ts";
import { syncFileSystem } from "../fs/file-io.ts";
import { fsyncSync, mkdirSync, removeIfAny } from "../fs/files.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import type { OpenedFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { diskSizeOfOpen, type LooseFiles } from "./loose-files.ts";
import { withPath } from "./store-errors.ts";

/** Nobody but us reads it, and nobody edits it, not even its owner by accident. */
const READ_ONLY = 0o400;
/** From here on one sync of the whole file system is cheaper than one for each file. */
const MANY = 64;

/** What an open file held at one moment, in a file of its own that no longer changes. */
export interface ClonedFile {
  /** Open for reading, at its beginning. */
  readonly fd: number;
  /** It has that name: it becomes part of the store, unless the store has it already. Closes it. */
  keep(id: ObjectId): void;
  /** It is not needed. */
  drop(): void;
}

interface Kept {
  readonly name: string;
  readonly fd: number;
}

/**
 * Large files of a draft, each a clone that shares its blocks with the file it was made of. They
 * lie in the draft folder until they are installed: a kill leaves nothing in the store.
 */
export class DraftFiles {
  readonly #folder: string;
  readonly #files: LooseFiles;
  readonly #random: string = crypto.randomUUID().slice(0, 8);
  readonly #kept: Map<ObjectId, Kept> = new Map();
  #count = 0;
  #storedBytes = 0;

  constructor(folder: string, files: LooseFiles) {
    this.#folder = folder;
    this.#files = files;
  }

  get count(): number {
    return this.#kept.size;
  }

  /** Bytes on disk that belong to these files, shared ones among them. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  has(id: ObjectId): boolean {
    return this.#kept.has(id);
  }

  /**
   * Clones the open file `source`; undefined where blocks cannot be shared.
   *
   * @param isThere whether the store has content of that name, all of it
   * @throws as {@link cloneFile} does
   */
  async clone(
    source: OpenedFile,
    isThere: (id: ObjectId) => boolean,
  ): Promise<ClonedFile | undefined> {
    const name = `${this.#random}-${this.#count++}.file.draft`;
    const path = `${this.#folder}/${name}`;
    const fd = await this.#clone(source, name).catch((error) => {
      throw withPath(error, { action: "clone a file to", path });
    });
    if (fd === undefined) return undefined;
    const drop = (): void => {
      closeFd(fd);
      removeIfAny(path);
    };
    const keep = (id: ObjectId): void =>
      this.#kept.has(id) || isThere(id) ? drop() : this.#keep(id, { name, fd });
    return { fd, drop, keep };
  }

  /** Files that are to be synced before {@link install}; none where they are many and were synced at once. */
  end(): readonly number[] {
    const open = [...this.#kept.values()].map(({ fd }) => fd).filter((fd) => fd >= 0);
    if (this.#kept.size <= MANY) return open;
    const [one = -1] = open;
    syncFileSystem(one, fromText(this.#folder));
    return [];
  }

  /** Moves all files to their names, and makes those last. */
  install(): void {
    const starts = Map.groupBy(this.#kept, ([id]) => id.slice(0, 2));
    if (starts.size === 0) return;
    using draft = openPath(this.#folder);
    mkdirSync(this.#files.folder, { recursive: true });
    using files = openPath(this.#files.folder);
    for (const [start, kept] of starts) {
      makeFolder(`${this.#files.folder}/${start}`);
      using folder = openIn(files.fd, start);
      for (const [id, { name }] of kept)
        renameOver(placeOf(draft.fd, name), placeOf(folder.fd, id));
      fsyncSync(folder.fd);
      failPoint("files-installing");
    }
    fsyncSync(files.fd);
    this.#closeAll();
    this.#kept.clear();
    this.#files.refresh();
  }

  /** Removes whatever was not installed. May be called twice. */
  discard(): void {
    this.#closeAll();
    for (const { name } of this.#kept.values()) removeIfAny(`${this.#folder}/${name}`);
    this.#kept.clear();
  }

  async #clone(source: OpenedFile, name: string): Promise<number | undefined> {
    using draft = openPath(this.#folder);
    return await cloneFile(source, placeOf(draft.fd, name), READ_ONLY);
  }

  #keep(id: ObjectId, { name, fd }: Kept): void {
    this.#storedBytes += diskSizeOfOpen(fd);
    // One stays open for the sync of them all; thousands would be more than a process may hold.
    const isOneTooMany = this.#kept.size >= MANY;
    if (isOneTooMany) closeFd(fd);
    this.#kept.set(id, { name, fd: isOneTooMany ? -1 : fd });
    failPoint("file-cloned");
  }

  #closeAll(): void {
    for (const [id, { name, fd }] of this.#kept) {
      if (fd >= 0) closeFd(fd);
      this.#kept.set(id, { name, fd: -1 });
    }
  }
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
}

/** An open folder; never one that a link leads to. */
function openIn(at: number, name: string): Disposable & { readonly fd: number } {
  const fd = openFolder(at, fromText(name));
  return { fd, [Symbol.dispose]: () => closeFd(fd) };
}

function openPath(path: string): Disposable & { readonly fd: number } {
  return openIn(AT_FDCWD, path);
}

function placeOf(at: number, name: string): Place {
  return { at, name: name as RawPath };
}
