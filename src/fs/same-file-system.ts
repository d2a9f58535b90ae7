import { SystemError } from "../model/errors.ts";
import { fromText } from "../model/raw-path.ts";
import { closeFd, openFolder, statFd } from "./at.ts";
import { statSync } from "./files.ts";
import { AT_FDCWD } from "./libc.ts";
import { listMounts } from "./mount-table.ts";
import { StatBuffer } from "./stat-buffer.ts";

/**
 * Whether two folders lie on one file system. Subvolumes of btrfs have device numbers of their own;
 * the mounts through which they are reached have that of the file system.
 *
 * @throws SystemError when one of them is not there
 */
export function onSameFileSystem(one: string, other: string): boolean {
  if (onSameDevice(one, other)) return true;
  const device = deviceOfMount(one);
  return device !== undefined && device === deviceOfMount(other);
}

/** Whether a name can be moved from one folder to the other: not between subvolumes. */
export function onSameDevice(one: string, other: string): boolean {
  return deviceOf(one) === deviceOf(other);
}

function deviceOf(path: string): string {
  const stat = statSync(path);
  if (stat === undefined) throw new SystemError("ENOENT", "look at", path);
  return stat.device;
}

function deviceOfMount(path: string): string | undefined {
  const fd = openFolder(AT_FDCWD, fromText(`${path}/.`));
  try {
    const stat = new StatBuffer();
    statFd(fd, stat);
    const mount = listMounts().find(({ id }) => id === stat.mountId);
    return mount?.type === "btrfs" ? mount.device : undefined;
  } finally {
    closeFd(fd);
  }
}
