import { SystemError, systemCodeOf } from "../../model/errors.ts";
import { joinRaw, type RawPath } from "../../model/raw-path.ts";
import { statFd } from "../at.ts";
import { pathOfOpen } from "../files.ts";
import { FolderCursor } from "../folder-cursor.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { type Found, walkFolder } from "../walk-folder.ts";
import { IoctlBlock, REQUEST, ROOT_INODE, tryIoctl } from "./btrfs-ioctl.ts";
import { isBtrfs, isSubvolume } from "./subvolume.ts";

/** `struct btrfs_ioctl_get_subvol_rootref_args`: the first id to tell, then pairs of id and folder. */
const ROOT_REFS = { pairs: 8, pairSize: 16, most: 255, count: 4088, size: 4096 } as const;

/** `struct btrfs_ioctl_ino_lookup_user_args`. */
const LOOKUP = { folder: 0, id: 8, name: 16, path: 272, size: 4096 } as const;

/** A subvolume inside another: its id, and the inode of the folder that has it. */
interface Child {
  readonly id: number;
  readonly folder: number;
}

/**
 * Paths, from the open folder `fd`, of all subvolumes inside it, at any depth, sorted. A snapshot
 * does not hold what is in them. For the top folder of a subvolume the kernel is asked
 * (BTRFS_IOC_GET_SUBVOL_ROOTREF and INO_LOOKUP_USER, since Linux 4.18), which costs the same
 * however many files there are; any other folder, or one with parts that the user may not look into,
 * is walked. Other file systems that are mounted inside are not looked into.
 *
 * @throws SystemError, such as EACCES where the user may not look
 */
export function nestedSubvolumes(fd: number): RawPath[] {
  const found = (isSubvolume(fd) ? askKernel(fd) : undefined) ?? walkFor(fd);
  return found.sort();
}

/** Undefined where the kernel does not tell this user. */
function askKernel(fd: number): RawPath[] | undefined {
  using cursor = new FolderCursor(fd);
  const paths: RawPath[] = [];
  for (const child of listChildren(fd)) {
    const path = pathOf(fd, child);
    if (path === undefined) return undefined;
    try {
      const below = nestedSubvolumes(cursor.open(path));
      paths.push(path, ...below.map((deeper) => joinRaw(path, deeper)));
    } catch (error) {
      if (systemCodeOf(error) === "") throw error;
      return undefined; // It was moved meanwhile, or may not be looked into: the walk finds out.
    }
  }
  return paths;
}

function listChildren(fd: number): Child[] {
  const block = new IoctlBlock(ROOT_REFS.size);
  const children: Child[] = [];
  for (;;) {
    const why = tryIoctl(fd, REQUEST.getSubvolumeRootRefs, block.address);
    if (why !== "" && why !== "EOVERFLOW")
      throw new SystemError(why, "look for subvolumes in", pathOfOpen(fd));
    const count = block.bytes.readUInt8(ROOT_REFS.count);
    for (
      let at: number = ROOT_REFS.pairs;
      at < ROOT_REFS.pairs + count * ROOT_REFS.pairSize;
      at += ROOT_REFS.pairSize
    )
      children.push({ id: block.readNumber(at), folder: block.readNumber(at + 8) });
    // The kernel has written into the block where to go on.
    if (why === "") return children;
  }
}

function pathOf(fd: number, { id, folder }: Child): RawPath | undefined {
  const block = new IoctlBlock(LOOKUP.size);
  block.writeNumber(LOOKUP.folder, folder);
  block.writeNumber(LOOKUP.id, id);
  const why = tryIoctl(fd, REQUEST.inodeLookupUser, block.address);
  if (why !== "") return undefined;
  // The path of the folder ends with a slash, or is empty.
  const path = block.readName(LOOKUP.path, LOOKUP.size - LOOKUP.path);
  return (path + block.readName(LOOKUP.name, LOOKUP.path - LOOKUP.name)) as RawPath;
}

function walkFor(fd: number): RawPath[] {
  if (!isBtrfs(fd)) return [];
  const root = new StatBuffer();
  statFd(fd, root);
  const paths: RawPath[] = [];
  const enter = ({ stat }: Found): boolean => stat.mountId === root.mountId;
  for (const { path, stat } of walkFolder(fd, { enter }))
    if (stat.mountId === root.mountId && isTop(stat)) paths.push(path);
  return paths;
}

/** Whether what was found on btrfs is the top folder of a subvolume. */
export function isTop(stat: StatBuffer): boolean {
  return stat.inoLow === ROOT_INODE && stat.inoHigh === 0;
}
