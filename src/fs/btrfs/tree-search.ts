import { SystemError } from "../../model/errors.ts";
import { pathOfOpen } from "../files.ts";
import { IoctlBlock, REQUEST, tryIoctl } from "./btrfs-ioctl.ts";

/** Types of items in the tree of a subvolume (linux/btrfs_tree.h), as they stand behind each other. */
export const ITEM = {
  inode: 1,
  inodeRef: 12,
  inodeExtendedRef: 13,
  folderIndex: 96,
} as const;

/** An item of a tree. The searcher fills the same one anew each time. */
export interface TreeItem {
  /** Whom it is about: the inode. */
  objectId: number;
  type: number;
  /** What it means depends on the type; less than 2^53 where it is an inode. */
  offset: number;
  /** Where its bytes begin in the block, and how many they are. */
  start: number;
  length: number;
}

/** What to look for. */
export interface TreeRange {
  /** Of the first and the last item, compared in this order. */
  readonly from: TreeKey;
  readonly to: TreeKey;
  /** Leaves of the tree that are older are left out, unread. */
  readonly minGeneration: number;
}

export interface TreeKey {
  readonly objectId: bigint;
  readonly type: number;
  readonly offset: bigint;
}

/** The largest number in a key. */
export const LAST: bigint = 2n ** 64n - 1n;

/** `struct btrfs_ioctl_search_args_v2`: the key, the size of the buffer, the buffer. */
const ARGS = {
  minObject: 8,
  maxObject: 16,
  minOffset: 24,
  maxOffset: 32,
  minGeneration: 40,
  maxGeneration: 48,
  minType: 56,
  maxType: 60,
  count: 64,
  room: 104,
  buffer: 112,
} as const;

/** `struct btrfs_ioctl_search_header`: generation, inode, offset, type, length; then the item's bytes. */
const HEADER = { objectId: 8, offset: 16, type: 24, length: 28, size: 32 } as const;

/** Above the largest node of a tree (64 KiB), so that every item finds room. */
const ROOM = 256 * 1024;

/**
 * Reads the items of the tree that the open folder's subvolume is, by BTRFS_IOC_TREE_SEARCH_V2. A
 * pointer to a part of a tree says how old the newest of that part is, so that the kernel reads only
 * the ways to leaves that are new enough (btrfs_search_forward): the cost is that of what changed.
 * A leaf comes whole, with what is old in it. What is not committed yet may not be seen.
 */
export class TreeSearcher {
  readonly block: IoctlBlock = new IoctlBlock(ARGS.buffer + ROOM);
  private readonly fd: number;
  private readonly item: TreeItem = { objectId: 0, type: 0, offset: 0, start: 0, length: 0 };

  constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * Calls `visit` for each item, in the order of their keys; its bytes are in `block` until it returns.
   * Not to be called from `visit`.
   *
   * @returns false where the user may not (it takes CAP_SYS_ADMIN)
   * @throws SystemError
   */
  search(range: TreeRange, visit: (item: TreeItem) => void): boolean {
    for (let from: TreeKey | undefined = range.from; from !== undefined; ) {
      this.ask(range, from);
      const why = tryIoctl(this.fd, REQUEST.treeSearch, this.block.address);
      if (why === "EPERM") return false;
      if (why !== "") throw new SystemError(why, "look for changes in", pathOfOpen(this.fd));
      from = this.visitAll(visit);
    }
    return true;
  }

  private ask({ to, minGeneration }: TreeRange, from: TreeKey): void {
    const { view } = this.block;
    view.setBigUint64(0, 0n, true); // The tree of the folder itself.
    view.setBigUint64(ARGS.minObject, from.objectId, true);
    view.setBigUint64(ARGS.maxObject, to.objectId, true);
    view.setBigUint64(ARGS.minOffset, from.offset, true);
    view.setBigUint64(ARGS.maxOffset, to.offset, true);
    view.setBigUint64(ARGS.minGeneration, BigInt(minGeneration), true);
    view.setBigUint64(ARGS.maxGeneration, LAST, true);
    view.setUint32(ARGS.minType, from.type, true);
    view.setUint32(ARGS.maxType, to.type, true);
    view.setUint32(ARGS.count, 0xffffffff, true);
    view.setBigUint64(ARGS.room, BigInt(ROOM), true);
  }

  /** Returns where to go on; undefined at the end. */
  private visitAll(visit: (item: TreeItem) => void): TreeKey | undefined {
    const { block, item } = this;
    const count = block.view.getUint32(ARGS.count, true);
    let at: number = ARGS.buffer;
    for (let left = count; left > 0; left--) {
      item.objectId = block.readNumber(at + HEADER.objectId);
      item.offset = block.readNumber(at + HEADER.offset);
      item.type = block.view.getUint32(at + HEADER.type, true);
      item.length = block.view.getUint32(at + HEADER.length, true);
      item.start = at + HEADER.size;
      visit(item);
      at = item.start + item.length;
    }
    return count === 0 ? undefined : this.keyAfter(item.start - HEADER.size);
  }

  private keyAfter(header: number): TreeKey | undefined {
    const { view } = this.block;
    const objectId = view.getBigUint64(header + HEADER.objectId, true);
    const offset = view.getBigUint64(header + HEADER.offset, true);
    const type = view.getUint32(header + HEADER.type, true);
    if (offset < LAST) return { objectId, type, offset: offset + 1n };
    if (type < 255) return { objectId, type: type + 1, offset: 0n };
    return objectId < LAST ? { objectId: objectId + 1n, type: 0, offset: 0n } : undefined;
  }
}
