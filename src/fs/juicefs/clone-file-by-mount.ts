import { JvsError } from "../../model/errors.ts";
import { juiceWay } from "../../model/juice-way.ts";
import { SILENT } from "../../model/progress.ts";
import { closeFd, openForRead, type Place, removeFile, setMode, statAt, statFd } from "../at.ts";
import type { OpenedFile } from "../opened-file.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { mayHaveXattrs, writeXattrs } from "../xattrs.ts";
import { cloneByWay, type WayOptions } from "./clone-by-way.ts";
import { flushOpenFiles } from "./flush-open-files.ts";
import { findVolumeOf, type JuiceVolume } from "./juice-volume.ts";

/** The program takes 0.3 s for a file of any size: in that time as many bytes are copied. */
const WORTH_A_PROGRAM = 32 << 20;

/** How mounts are found and asked; tests put their own in its place. */
export interface MountAccess {
  find(folder: number): JuiceVolume | undefined;
  readonly clone: typeof cloneByWay;
  /** By device, what was found; what has changed there since is noticed when it is spoken to. */
  readonly known: Map<string, JuiceVolume | undefined>;
}

const REAL: MountAccess = { find: findVolumeOf, clone: cloneByWay, known: new Map() };

/**
 * What `cloneFile` promises, of files on JuiceFS. What writers on this machine have not synced is
 * brought into the volume first.
 *
 * The mount is told of a name, not of the open file: the name has to mean that file before and
 * after. Whatever the mount refuses is no failure, since the content can be written, which may take
 * less of a quota.
 */
export async function cloneFileByMount(
  source: OpenedFile,
  to: Place,
  { mode, access = REAL }: { mode: number; access?: MountAccess },
): Promise<number | undefined> {
  const { fd, place } = source;
  const volumes = isWorthIt(fd) ? volumesOf(place.at, to.at, access) : undefined;
  if (volumes === undefined) return undefined;
  const isFlushed = source.isAtRest === true || flushOpenFiles(place.at, [place.name]).length === 0;
  if (!isFlushed || !isAt(place, fd)) return undefined;
  const { volume, ...other } = volumes;
  try {
    await access.clone(volume, { from: place, to, ...other, isOwn: true, progress: SILENT });
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  return takeOver(source, to, mode);
}

function isWorthIt(fd: number): boolean {
  const way = juiceWay();
  if (way !== "cli") return way === "direct";
  const stat = new StatBuffer();
  statFd(fd, stat);
  return stat.size >= WORTH_A_PROGRAM;
}

/** Who copies, and where the source lies when that is another mount. */
type FileVolumes = Pick<WayOptions, "fromVolume"> & { readonly volume: JuiceVolume };

/**
 * The volume of both folders; undefined where there is none that both may lie on. Two mounts are
 * looked at anew each time: whether they show one volume is told by what they say, and numbers of
 * devices are given again.
 */
function volumesOf(from: number, to: number, access: MountAccess): FileVolumes | undefined {
  const device = deviceOf(to);
  if (deviceOf(from) === device) {
    if (!access.known.has(device)) access.known.set(device, access.find(to));
    const volume = access.known.get(device);
    return volume && { volume };
  }
  const volume = access.find(to);
  const fromVolume = volume && access.find(from);
  return fromVolume && { volume, fromVolume };
}

function deviceOf(fd: number): string {
  const stat = new StatBuffer();
  statFd(fd, stat);
  return stat.device;
}

/** Everything that leaves no file behind, nor a doubt about it. */
function isRefusal(error: unknown): boolean {
  return error instanceof JvsError && error.details?.outcome !== "unknown";
}

function takeOver({ fd, place }: OpenedFile, to: Place, mode: number): number | undefined {
  setMode(to.at, to.name, mode);
  const copy = openForRead(to.at, to.name);
  let isTaken = false;
  try {
    if (mayHaveXattrs(copy)) writeXattrs(to.at, to.name, []);
    isTaken = isAt(place, fd);
    return isTaken ? copy : undefined;
  } finally {
    if (!isTaken) {
      closeFd(copy);
      removeFile(to.at, to.name);
    }
  }
}

function isAt({ at, name }: Place, fd: number): boolean {
  const [named, open] = [new StatBuffer(), new StatBuffer()];
  statFd(fd, open);
  return statAt(at, name, named) && named.inode === open.inode && named.device === open.device;
}
