import type { RawPath } from "../../model/raw-path.ts";
import { S_IFDIR, S_IFMT } from "../stat-buffer.ts";
import { type InodeName, InodePaths, namesIn } from "./inode-paths.ts";
import { ITEM, LAST, type TreeItem, TreeSearcher } from "./tree-search.ts";

/** Where a subvolume may differ from what it was: paths from its top, which is "", in no order. */
export interface ChangedPaths {
  /** Folders in which names came or went, or whose mode, owner, times or attributes changed. */
  readonly folders: readonly RawPath[];
  /** Everything else that was made or changed; a file with several names by all of them. */
  readonly files: readonly RawPath[];
  /**
   * Folders that came to their name: made, moved, or exchanged with another. What is below them may
   * be all different, though it is not listed by itself.
   */
  readonly placed: readonly RawPath[];
}

/** `struct btrfs_inode_item`. */
const INODE = { generation: 8, links: 40, mode: 52 } as const;
/** `struct btrfs_dir_item`: a key (u64, u8, u64), u64 generation, u16 of data, u16 name, u8 type. */
const ENTRY = { generation: 17, nameLength: 27, type: 29, name: 30 } as const;
/** BTRFS_FT_DIR; the upper bit says that the name is encrypted. */
const FOLDER_ENTRY = 2;
const KIND_BITS = 0x7f;

interface Inode {
  readonly isFolder: boolean;
  readonly links: number;
  readonly names: InodeName[];
}

/**
 * What changed in a subvolume (its open top folder) after a generation: the `createdIn` of an earlier
 * snapshot of it. Ask this of a new read-only snapshot: a live subvolume may change meanwhile, and
 * what it has not written out yet is not seen. What is inside other subvolumes is theirs.
 *
 * Nothing is missed: with every change the kernel writes the inode anew, with the generation, and a
 * folder's entry for each name that is given. More may be told than differs: reading a file for the
 * first time in a day changes its access time, and changes that were taken back count.
 *
 * The cost is that of the parts of the tree that changed (16 KiB each), not of the number of entries.
 *
 * @returns undefined where the user may not ask (it takes CAP_SYS_ADMIN); then the folder has to be walked
 * @throws SystemError
 */
export function listChangedSince(fd: number, generation: number): ChangedPaths | undefined {
  const searcher = new TreeSearcher(fd);
  const changes = new Changes(searcher, generation);
  const range = {
    from: { objectId: 0n, type: 0, offset: 0n },
    to: { objectId: LAST, type: 255, offset: LAST },
    minGeneration: generation + 1,
  };
  if (!searcher.search(range, (item) => changes.add(item))) return undefined;
  return changes.resolve();
}

class Changes {
  private readonly inodes = new Map<number, Inode>();
  private readonly placed: InodeName[] = [];
  private readonly searcher: TreeSearcher;
  private readonly generation: number;

  constructor(searcher: TreeSearcher, generation: number) {
    this.searcher = searcher;
    this.generation = generation;
  }

  add(item: TreeItem): void {
    if (item.type === ITEM.inode) this.addInode(item);
    else if (item.type === ITEM.folderIndex) this.addEntry(item);
    else if (item.type === ITEM.inodeRef || item.type === ITEM.inodeExtendedRef)
      this.addNames(item);
  }

  /** A changed leaf holds inodes that did not change: each says when it did. */
  private addInode({ objectId, start }: TreeItem): void {
    const { block } = this.searcher;
    if (block.readNumber(start + INODE.generation) <= this.generation) return;
    const mode = block.view.getUint32(start + INODE.mode, true);
    const links = block.view.getUint32(start + INODE.links, true);
    this.inodes.set(objectId, { isFolder: (mode & S_IFMT) === S_IFDIR, links, names: [] });
  }

  /** The names of an inode stand behind it, mostly in the same leaf. */
  private addNames(item: TreeItem): void {
    this.inodes.get(item.objectId)?.names.push(...namesIn(this.searcher, item));
  }

  private addEntry({ objectId, start }: TreeItem): void {
    const { block } = this.searcher;
    if ((block.bytes.readUInt8(start + ENTRY.type) & KIND_BITS) !== FOLDER_ENTRY) return;
    if (block.readNumber(start + ENTRY.generation) <= this.generation) return;
    const name = start + ENTRY.name;
    const length = block.view.getUint16(start + ENTRY.nameLength, true);
    const text = block.bytes.latin1Slice(name, name + length) as RawPath;
    this.placed.push({ folder: objectId, name: text });
  }

  resolve(): ChangedPaths {
    const paths = new InodePaths(this.searcher, this.completeNames());
    const folders: RawPath[] = [];
    const files: RawPath[] = [];
    for (const [inode, { isFolder }] of this.inodes)
      (isFolder ? folders : files).push(...paths.of(inode));
    return { folders, files, placed: this.placed.flatMap((name) => paths.at(name)) };
  }

  /** Names in a leaf that did not change were left out: the number of links tells. */
  private completeNames(): Map<number, readonly InodeName[]> {
    const complete = new Map<number, readonly InodeName[]>();
    for (const [inode, { links, names }] of this.inodes)
      if (names.length === links) complete.set(inode, names);
    return complete;
  }
}
