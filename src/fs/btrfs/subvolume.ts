import { JvsError, SystemError, systemCodeOf } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { closeFd, openFolder, type Place, statFd } from "../at.ts";
import { pathOfOpen } from "../files.ts";
import { fileSystemOf } from "../mounts.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { IoctlBlock, REQUEST, ROOT_INODE, tryIoctl } from "./btrfs-ioctl.ts";

/**
 * Subvolumes of btrfs: folders with a tree of their own, which one request copies as a whole. A
 * snapshot is a subvolume that shares all its blocks with another one.
 */
export interface SubvolumeInfo {
  readonly id: number;
  /** 32 hex digits; unlike the id it is never given again on this file system. */
  readonly uuid: string;
  /** That of the subvolume which this one is a snapshot of; undefined for one made empty. */
  readonly sourceUuid: string | undefined;
  /**
   * The generation (transaction) it was made in. For a snapshot this is where the changes of its
   * source begin: what the source has of a later generation, the snapshot has not.
   */
  readonly createdIn: number;
  /**
   * The generation of its last change that was committed. No base for a comparison: the kernel
   * itself changes a snapshot after it was made when files without a name are in it.
   */
  readonly generation: number;
  readonly isReadOnly: boolean;
}

/** Whether the open folder lies on btrfs. */
export function isBtrfs(fd: number): boolean {
  return fileSystemOf(`/proc/self/fd/${fd}/.`) === "btrfs";
}

const stat = new StatBuffer();

/** Whether the open folder is the top of a subvolume. */
export function isSubvolume(fd: number): boolean {
  statFd(fd, stat);
  return stat.inoLow === ROOT_INODE && stat.inoHigh === 0 && isBtrfs(fd);
}

/** `struct btrfs_ioctl_get_subvol_info_args`. */
const INFO = {
  id: 0,
  generation: 280,
  flags: 288,
  uuid: 296,
  sourceUuid: 312,
  createdIn: 352,
  size: 504,
} as const;
/** BTRFS_ROOT_SUBVOL_RDONLY. */
const ROOT_READ_ONLY = 1;
const NO_UUID = "0".repeat(32);

/**
 * What is known of the subvolume that the open folder lies in (BTRFS_IOC_GET_SUBVOL_INFO, since
 * Linux 4.18). Anybody may ask.
 *
 * @throws SystemError, such as ENOTTY where this is not btrfs
 */
export function subvolumeOf(fd: number): SubvolumeInfo {
  const block = new IoctlBlock(INFO.size);
  const why = tryIoctl(fd, REQUEST.getSubvolumeInfo, block.address);
  if (why !== "") throw new SystemError(why, "look at the subvolume of", pathOfOpen(fd));
  const sourceUuid = block.bytes.hexSlice(INFO.sourceUuid, INFO.sourceUuid + 16);
  return {
    id: block.readNumber(INFO.id),
    uuid: block.bytes.hexSlice(INFO.uuid, INFO.uuid + 16),
    sourceUuid: sourceUuid === NO_UUID ? undefined : sourceUuid,
    createdIn: block.readNumber(INFO.createdIn),
    generation: block.readNumber(INFO.generation),
    isReadOnly: (block.bytes.readUInt8(INFO.flags) & ROOT_READ_ONLY) !== 0,
  };
}

/** `struct btrfs_ioctl_vol_args_v2`. */
const CREATE = { fd: 0, flags: 16, name: 56, size: 4096 } as const;
/** BTRFS_SUBVOL_RDONLY. */
const READ_ONLY = 2;

/**
 * Makes an empty subvolume under a name that must be free. Who may make a folder there may do this.
 * It belongs to the user, with the mode that umask leaves of 0777, and is durable with the next commit.
 *
 * @throws SystemError (EEXIST), E_ENGINE_UNUSABLE where the file system is not btrfs
 */
export function createSubvolume(parent: number, name: RawPath): void {
  create({ parent, name, request: REQUEST.subvolumeCreate, block: newBlock(name) });
}

/**
 * Makes a snapshot of the subvolume `source` (the open top folder of it) under a name that must be
 * free, anywhere on the same file system. What was written before, synced or not, is in it; it is
 * durable when this returns. Subvolumes inside it come as empty folders: see `nestedSubvolumes`.
 * Only root and the owner of `source` may.
 *
 * @throws SystemError (EEXIST; EPERM; EXDEV; EINVAL where `source` is no subvolume), E_ENGINE_UNUSABLE
 */
export function snapshotSubvolume(
  source: number,
  { at: parent, name }: Place,
  { readOnly }: { readonly readOnly: boolean },
): void {
  const block = newBlock(name);
  block.view.setBigInt64(CREATE.fd, BigInt(source), true);
  block.writeNumber(CREATE.flags, readOnly ? READ_ONLY : 0);
  create({ parent, name, request: REQUEST.snapshotCreate, block });
}

interface Creation {
  readonly parent: number;
  readonly name: RawPath;
  readonly request: number;
  readonly block: IoctlBlock;
}

function newBlock(name: RawPath): IoctlBlock {
  const block = new IoctlBlock(CREATE.size);
  if (name.length > 255) throw new SystemError("ENAMETOOLONG", "make the subvolume", toText(name));
  block.bytes.write(name, CREATE.name, "latin1");
  return block;
}

function create({ parent, name, request, block }: Creation): void {
  const why = tryIoctl(parent, request, block.address);
  if (why === "ENOTTY") throw notBtrfs(name);
  if (why !== "") throw new SystemError(why, "make the subvolume", toText(name));
}

export function notBtrfs(name: RawPath): JvsError {
  return new JvsError(`Cannot make the subvolume "${toText(name)}": this is not btrfs`, {
    code: "E_ENGINE_UNUSABLE",
    hint: "Choose another engine, or move the folder to a btrfs file system",
  });
}

/**
 * Says whether the subvolume (its open top folder) may be changed. Its owner and root may.
 * Durable with the next commit.
 *
 * @throws SystemError
 */
export function setReadOnly(fd: number, isReadOnly: boolean): void {
  const block = new IoctlBlock(8);
  block.writeNumber(0, isReadOnly ? READ_ONLY : 0);
  const why = tryIoctl(fd, REQUEST.setSubvolumeFlags, block.address);
  if (why !== "") throw new SystemError(why, "change the subvolume", pathOfOpen(fd));
}

/**
 * Makes all changes of names, subvolumes and attributes on the file system of `fd` durable, and
 * content that was written out; anybody may. Unlike `syncFileSystem` it does not wait for what
 * other programs have written and not synced.
 *
 * @throws SystemError
 */
export function commitChanges(fd: number): void {
  const block = new IoctlBlock(8);
  for (const request of [REQUEST.startSync, REQUEST.waitSync]) {
    const why = tryIoctl(fd, request, block.address);
    if (why !== "") throw new SystemError(why, "sync", pathOfOpen(fd));
  }
}

/** Calls `work` with the open folder `name`. */
export function inFolder<T>(at: number, name: RawPath, work: (fd: number) => T): T {
  const fd = openFolder(at, name);
  try {
    return work(fd);
  } finally {
    closeFd(fd);
  }
}

/** Whether the folder `name` is the top of a subvolume; false where there is no such folder. */
export function isSubvolumeAt(at: number, name: RawPath): boolean {
  try {
    return inFolder(at, name, isSubvolume);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCodeOf(error))) return false;
    throw error;
  }
}
