import { fromText, type RawPath } from "../../model/raw-path.ts";
import { closeFd, openFolder, statAt, statFd } from "../at.ts";
import { statfsSync } from "../files.ts";
import { AT_FDCWD } from "../libc.ts";
import { listMounts, type MountRow } from "../mount-table.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { readConfig, type VolumeConfig } from "./volume-config.ts";

/** FUSE_SUPER_MAGIC (linux/magic.h). */
const FUSE = 0x65735546;

/** The control node has this number in every folder of every volume (pkg/meta and pkg/vfs of JuiceFS). */
const CONTROL_INODE = 0x7fffffff00000002n;

/** `.jfs.control` with the mount option `--prefix-internal`. */
const CONTROL_NAMES = [".jfs.control", ".control"] as RawPath[];

/** The JuiceFS volume that a folder lies on, as one mount of it shows it. */
export interface JuiceVolume {
  /** The name of the control node, in every folder. */
  readonly controlName: RawPath;
  /** `major:minor`: the same for all that this mount process serves, bind mounts included. */
  readonly device: string;
  /** The mount through which the folder was reached; 0 where the kernel does not tell. */
  readonly mountId: number;
  /** Where the top of the volume, or of its mounted subfolder, is seen; undefined in a bind mount of another folder. */
  readonly mountPoint: string | undefined;
  /** Undefined where the configuration is not ours to read, or out of sight. */
  readonly config: VolumeConfig | undefined;
}

/**
 * The volume that holds the folder `path`, or undefined where that is no JuiceFS. One statfs(2)
 * when it is no FUSE at all. Decided by the file system and its control node alone: never by the
 * beginning of a path, nor by what programs are installed.
 *
 * @throws SystemError when the folder cannot be opened.
 */
export function findVolume(path: string): JuiceVolume | undefined {
  if (!isFuse(path)) return undefined;
  const fd = openFolder(AT_FDCWD, fromText(`${path}/.`));
  try {
    return findVolumeOf(fd);
  } finally {
    closeFd(fd);
  }
}

/** Like {@link findVolume}, of an open folder. */
export function findVolumeOf(fd: number): JuiceVolume | undefined {
  if (!isFuse(`/proc/self/fd/${fd}/.`)) return undefined;
  const stat = new StatBuffer();
  statFd(fd, stat);
  const { device, mountId } = stat;
  const controlName = CONTROL_NAMES.find((name) => isControlNode(fd, name, device));
  if (controlName === undefined) return undefined;
  const mounts = listMounts().filter((mount) => mount.device === device);
  if (mounts.some(({ type }) => type !== "fuse.juicefs")) return undefined;
  return { controlName, device, mountId, ...readTop(mounts, mountId) };
}

/** The configuration as it is now: a mount process can be replaced by a newer one under open files. */
export function rereadConfig({ device, mountId }: JuiceVolume): VolumeConfig | undefined {
  const mounts = listMounts().filter((mount) => mount.device === device);
  return readTop(mounts, mountId).config;
}

/** Whether `name` in the open folder is the control node of the file system `device`. */
function isControlNode(fd: number, name: RawPath, device: string): boolean {
  const stat = new StatBuffer();
  return statAt(fd, name, stat) && stat.inode === CONTROL_INODE && stat.device === device;
}

/** A bind mount shows a folder of the volume; the configuration lies at the top, which another mount may show. */
function readTop(
  mounts: readonly MountRow[],
  mountId: number,
): Pick<JuiceVolume, "config" | "mountPoint"> {
  const tops = mounts.filter(({ root }) => root === "/");
  tops.sort((one, other) => Number(other.id === mountId) - Number(one.id === mountId));
  for (const { device, point } of tops) {
    const config = readConfig(point, device);
    if (config !== undefined) return { config, mountPoint: point };
  }
  return { config: undefined, mountPoint: tops[0]?.point };
}

function isFuse(path: string): boolean {
  return statfsSync(path).type >>> 0 === FUSE;
}
