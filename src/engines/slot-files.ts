import { closeFd, openForRead, statAt } from "../fs/at.ts";
import { IoBuffer, readFully } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import type { HeldFile } from "../fs/opened-file.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import type { ObjectId } from "../model/entry.ts";
import { JvsError, SystemError } from "../model/errors.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { IdMap } from "../store/id-map.ts";
import type { OtherContent, OtherFile } from "../store/other-content.ts";
import { splitPath } from "../tree/split-path.ts";
import { type FolderView, storedFolder } from "../tree/tree-source.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";

/** A folder that keeps a snapshot. */
export interface Slot {
  readonly path: string;
  /** What the snapshot holds. */
  readonly tree: FolderView;
}

/** The same for another thread, which has a store of its own to look the tree up in. */
export interface StoredSlot {
  readonly path: string;
  /** The root of the tree; not that of an empty one, which no store has. */
  readonly root: ObjectId;
}

/** The slots, as a store of this thread has them. */
export function* openSlots(
  slots: readonly StoredSlot[],
  read: (id: ObjectId) => Uint8Array,
): Generator<Slot> {
  for (const { path, root } of slots) yield { path, tree: storedFolder(root, read) };
}

const PIECE_BYTES = 1 << 20;

/**
 * The files in the folders of snapshots, by their content. Nothing is looked at before content is
 * asked for that the store does not have; then one snapshot after the other is gone through.
 */
export class SlotFiles implements OtherContent {
  private readonly listSlots: () => Iterable<Slot>;
  private slots: SlotIndex[] | undefined;
  private isSearching = false;

  /** @param listSlots the folders, those first that are likely to be needed */
  constructor(listSlots: () => Iterable<Slot>) {
    this.listSlots = listSlots;
  }

  *find(id: ObjectId): Generator<OtherFile> {
    // The tree of a snapshot is read to know its files: its folders are not among them.
    if (this.isSearching) return;
    this.slots ??= [...this.listSlots()].map((slot) => new SlotIndex(slot));
    for (const slot of this.slots) {
      const file = this.search(slot, id);
      if (file !== undefined) yield file;
    }
  }

  private search(slot: SlotIndex, id: ObjectId): OtherFile | undefined {
    this.isSearching = true;
    try {
      return slot.find(id);
    } finally {
      this.isSearching = false;
    }
  }

  forget(): void {
    this.slots = undefined;
  }
}

class SlotIndex {
  private readonly slot: Slot;
  private readonly paths: RawPath[] = [];
  private ids: IdMap | undefined;

  constructor(slot: Slot) {
    this.slot = slot;
  }

  find(id: ObjectId): OtherFile | undefined {
    this.ids ??= this.readTree();
    const at = this.ids.get(id);
    return at === undefined ? undefined : openSlotFile(this.slot.path, this.paths[at] as RawPath);
  }

  private readTree(): IdMap {
    const ids = new IdMap();
    try {
      for (const [path, { kind, content }] of walkTree(this.slot.tree)) {
        if (kind !== "f" || ids.get(content as ObjectId) !== undefined) continue;
        ids.set(content as ObjectId, this.paths.length);
        this.paths.push(path);
      }
    } catch (error) {
      // A folder of it is damaged: what is known of the others still helps.
      if (!(error instanceof JvsError)) throw error;
    }
    return ids;
  }
}

/** The file at `path` in the folder of a snapshot; undefined when no file is there. No link is followed. */
export function openSlotFile(slot: string, path: RawPath): OtherFile | undefined {
  try {
    using place = openPlace(slot, path);
    const stat = new StatBuffer();
    if (!statAt(place.at, place.name, stat) || (stat.mode & S_IFMT) !== S_IFREG) return undefined;
    const { size } = stat;
    return {
      size,
      path: `${slot}/${toText(path)}`,
      pieces: () => readPieces(slot, path),
      open: () => openFile(slot, path),
    };
  } catch (error) {
    if (error instanceof SystemError && /^(ENOENT|ENOTDIR|ELOOP)$/.test(error.code))
      return undefined;
    throw error;
  }
}

function* readPieces(slot: string, path: RawPath): Generator<Uint8Array> {
  using file = openFile(slot, path);
  for (;;) {
    const buffer = new IoBuffer(PIECE_BYTES);
    const got = readFully(file.fd, { buffer }, file.place.name);
    if (got > 0) yield buffer.bytes.subarray(0, got);
    if (got < PIECE_BYTES) return;
  }
}

function openFile(slot: string, path: RawPath): HeldFile {
  const place = openPlace(slot, path);
  try {
    const fd = openForRead(place.at, place.name);
    const close = (): void => {
      closeFd(fd);
      place[Symbol.dispose]();
    };
    return { fd, place, [Symbol.dispose]: close };
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  }
}

function openPlace(
  slot: string,
  path: RawPath,
): Disposable & { readonly at: number; readonly name: RawPath } {
  const root = openWorkspaceFolder(slot);
  const cursor = new FolderCursor(root.fd);
  const close = (): void => {
    cursor[Symbol.dispose]();
    root[Symbol.dispose]();
  };
  try {
    const { folder, name } = splitPath(path);
    return { at: cursor.open(folder), name, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}
