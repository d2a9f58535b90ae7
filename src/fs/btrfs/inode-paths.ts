import { joinRaw, type RawPath } from "../../model/raw-path.ts";
import { ROOT_INODE } from "./btrfs-ioctl.ts";
import { ITEM, LAST, type TreeItem, type TreeSearcher } from "./tree-search.ts";

/** A name of an inode: the inode of the folder that has it, and the name there. */
export interface InodeName {
  readonly folder: number;
  readonly name: RawPath;
}

/** `struct btrfs_inode_ref`: u64 index, u16 length, name. Its folder is the item's offset. */
const REF = { length: 8, name: 10 } as const;
/** `struct btrfs_inode_extref`: u64 folder, u64 index, u16 length, name. */
const EXTENDED = { length: 16, name: 18 } as const;

/**
 * The names in an item that tells any. One item holds all names of a file in one folder, as far as
 * they fit; those that do not are in items of the extended kind, one for each hash of a name.
 */
export function namesIn(searcher: TreeSearcher, item: TreeItem): InodeName[] {
  const { block } = searcher;
  const isPlain = item.type === ITEM.inodeRef;
  const layout = isPlain ? REF : EXTENDED;
  const names: InodeName[] = [];
  for (let at = item.start; at < item.start + item.length; ) {
    const start = at + layout.name;
    const end = start + block.view.getUint16(at + layout.length, true);
    names.push({
      folder: isPlain ? item.offset : block.readNumber(at),
      name: block.bytes.latin1Slice(start, end) as RawPath,
    });
    at = end;
  }
  return names;
}

/** Finds the paths of inodes of one subvolume, from its top. Each folder is looked for once. */
export class InodePaths {
  private readonly searcher: TreeSearcher;
  private readonly known: ReadonlyMap<number, readonly InodeName[]>;
  private readonly folders = new Map<number, RawPath>([[ROOT_INODE, "" as RawPath]]);

  /** `known`: all names of some inodes, which spares looking for them. */
  constructor(searcher: TreeSearcher, known: ReadonlyMap<number, readonly InodeName[]>) {
    this.searcher = searcher;
    this.known = known;
  }

  /** All paths of an inode; none where it is gone. */
  of(inode: number): RawPath[] {
    if (inode === ROOT_INODE) return ["" as RawPath];
    return this.namesOf(inode).flatMap((name) => this.at(name));
  }

  /** The path that a name stands for; none where its folder is gone. */
  at({ folder, name }: InodeName): RawPath[] {
    const above = this.folderAt(folder);
    return above === undefined ? [] : [joinRaw(above, name)];
  }

  /** Climbs to the nearest folder that is known, then names the ones on the way. */
  private folderAt(inode: number): RawPath | undefined {
    const way: [inode: number, name: RawPath][] = [];
    let at = inode;
    for (let path = this.folders.get(at); path === undefined; path = this.folders.get(at)) {
      const [up] = this.namesOf(at);
      if (up === undefined) return undefined;
      way.push([at, up.name]);
      at = up.folder;
    }
    let path = this.folders.get(at) as RawPath;
    for (const [below, name] of way.reverse()) {
      path = joinRaw(path, name);
      this.folders.set(below, path);
    }
    return path;
  }

  private namesOf(inode: number): readonly InodeName[] {
    return this.known.get(inode) ?? this.lookUp(inode);
  }

  private lookUp(inode: number): InodeName[] {
    const objectId = BigInt(inode);
    const names: InodeName[] = [];
    this.searcher.search(
      {
        from: { objectId, type: ITEM.inodeRef, offset: 0n },
        to: { objectId, type: ITEM.inodeExtendedRef, offset: LAST },
        minGeneration: 0,
      },
      (item) => names.push(...namesIn(this.searcher, item)),
    );
    return names;
  }
}
