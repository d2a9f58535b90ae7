import { JvsError, SystemError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { removeFile, removeFolder, setMode, statFd } from "../at.ts";
import { FolderCursor } from "../folder-cursor.ts";
import { S_IFDIR, S_IFMT, StatBuffer } from "../stat-buffer.ts";
import { type Found, walkFolder } from "../walk-folder.ts";
import { IoctlBlock, REQUEST, tryIoctl } from "./btrfs-ioctl.ts";
import { isTop, nestedSubvolumes } from "./nested-subvolumes.ts";
import { inFolder, isSubvolume, setReadOnly } from "./subvolume.ts";

/** `struct btrfs_ioctl_vol_args`. */
const ARGS = { name: 8, size: 4096 } as const;

/** How a subvolume went: the caller may say why it took so long. */
export type Deletion = "at once" | "file by file";

/**
 * Removes a subvolume, read-only or not, with all that is in it. For root, and where the file system
 * is mounted with `user_subvol_rm_allowed`, this is one request, and the space comes back in the
 * background. Any other owner's is made writable, emptied file by file and removed like a folder
 * (since Linux 4.18): an interruption leaves a part of it under its name, so give it a name that says
 * so first. Durable with the next commit.
 *
 * @throws E_UNSAFE_FOLDER where it is no subvolume, others are inside, or something is mounted in it;
 *   SystemError: ENOENT; EPERM where it is another user's
 */
export function deleteSubvolume(at: number, name: RawPath): Deletion {
  const why = tryDestroy(at, name);
  if (why === "") return "at once";
  if (!["EPERM", "EACCES", "EROFS"].includes(why)) throw cannotRemove(why, name);
  inFolder(at, name, (fd) => prepareByHand(fd, name));
  // Only now would a mount with `user_subvol_rm_allowed` let us: it asks for a writable one.
  if (tryDestroy(at, name) === "") return "at once";
  inFolder(at, name, empty);
  removeFolder(at, name);
  return "file by file";
}

function tryDestroy(at: number, name: RawPath): string {
  if (name.length > 255) return "ENAMETOOLONG";
  const block = new IoctlBlock(ARGS.size);
  block.bytes.write(name, ARGS.name, "latin1");
  return tryIoctl(at, REQUEST.snapshotDestroy, block.address);
}

/** The kernel said no before it looked what is there: a plain folder must not be emptied. */
function prepareByHand(fd: number, name: RawPath): void {
  if (!isSubvolume(fd)) throw cannotRemove("EINVAL", name);
  if (nestedSubvolumes(fd).length > 0) throw cannotRemove("ENOTEMPTY", name);
  setReadOnly(fd, false);
  setMode(fd, "." as RawPath, 0o700);
}

/** Removes everything below the open folder, with whatever rights its owner can give himself. */
function empty(root: number): void {
  const top = new StatBuffer();
  statFd(root, top);
  const folders: Pick<Found, "folder" | "name">[] = [];
  for (const found of walkFolder(root)) {
    if (!isFolder(found)) {
      removeFile(found.at, found.name);
      continue;
    }
    openUp(found, top.mountId);
    folders.push({ folder: found.folder, name: found.name });
  }
  using cursor = new FolderCursor(root);
  for (const { folder, name } of folders.reverse()) removeFolder(cursor.open(folder), name);
}

function isFolder({ stat }: Found): boolean {
  return (stat.mode & S_IFMT) === S_IFDIR;
}

/** Makes the folder one that can be listed and emptied; never one that is not of this subvolume. */
function openUp({ at, name, path, stat }: Found, mountId: number): void {
  if (isTop(stat)) throw cannotRemove("ENOTEMPTY", path);
  if (stat.mountId !== mountId) throw cannotRemove("EBUSY", path);
  if ((stat.mode & 0o700) !== 0o700) setMode(at, name, 0o700);
}

function cannotRemove(why: string, path: RawPath): Error {
  const cause = new SystemError(why, "remove the subvolume", toText(path));
  const [state, hint] = MEANINGS[why] ?? [];
  if (state === undefined) return cause;
  return new JvsError(`Cannot remove the subvolume "${cause.path}": ${state}`, {
    code: "E_UNSAFE_FOLDER",
    details: { path: cause.path, system_error: why },
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What these mean for a subvolume, and the way out. */
const MEANINGS: Readonly<Record<string, readonly [state: string, hint?: string]>> = {
  EINVAL: ["it is none"],
  ENOTDIR: ["it is none"],
  ENOTEMPTY: ["others are inside", "List and remove those first: `btrfs subvolume list -o`"],
  EBUSY: ["something is mounted in it", "Unmount that first, see `findmnt`"],
};
