import { JvsError } from "../../model/errors.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { type Place, statAt, statFd } from "../at.ts";
import { S_IFDIR, S_IFMT, StatBuffer } from "../stat-buffer.ts";
import type { TalkOptions } from "./ask-mount.ts";
import { explainRefusal, unusable } from "./juice-errors.ts";
import { readInfo } from "./juice-info.ts";
import { isKnownVersion, parseVersion } from "./juice-version.ts";
import type { JuiceVolume } from "./juice-volume.ts";
import { refuseName } from "./requests.ts";

/** What is to be copied, and where to. */
export interface ClonePlan {
  readonly volume: JuiceVolume;
  /** Where `from` was reached through, when that is another mount than `volume`. */
  readonly fromVolume: JuiceVolume;
  readonly from: Place;
  readonly to: Place;
  /** Talk to versions that jvs does not know, too. */
  readonly force: boolean;
  readonly talk: TalkOptions;
}

/** The numbers that travel in a clone request, and what the source was then. */
export interface CloneInodes {
  readonly source: bigint;
  readonly sourceParent: bigint;
  readonly targetParent: bigint;
  /** Type bits of st_mode. */
  readonly kind: number;
}

const ENOENT = 2;
const EEXIST = 17;

/** The top of the mount, which holds every copy. */
const ROOT_INODE = 1n;

/**
 * Only inodes of JuiceFS itself are as large. 1.1 and 1.2 take the highest byte of the target's
 * number for the length of a name, when they are spoken to in the form of 1.3: zero keeps them
 * from doing anything.
 */
const FIRST_RESERVED = 1n << 56n;

/** Deeper than any path that can be named. */
const DEEPEST = 2048;

/**
 * Checks what the mount does not: it gets numbers, not paths, and trusts them.
 *
 * @throws JvsError E_NAME_INVALID, E_EXISTS (the target is there), E_ENGINE_UNUSABLE (not on one
 *   volume, an unknown version), E_PATH_ESCAPE (the target lies in the source), E_IO (no source).
 */
export async function checkClone(plan: ClonePlan): Promise<CloneInodes> {
  const { from, to, volume, fromVolume } = plan;
  refuseName(to.name);
  refuseVersion(plan);
  const [source, sourceParent, target] = [new StatBuffer(), new StatBuffer(), new StatBuffer()];
  const attempt = { verb: "clone", subject: from };
  if (!statAt(from.at, from.name, source)) throw explainRefusal(ENOENT, attempt);
  statFd(from.at, sourceParent);
  statFd(to.at, target);
  if (target.device !== volume.device) throw unusable(attempt, "the copy is not on the volume");
  if (source.device !== fromVolume.device) throw unusable(attempt, "it is on another volume");
  if (volume !== fromVolume) refuseOtherVolume(plan);
  const inodes = [source, sourceParent, target].map(({ inode }) => inode);
  if (inodes.some((inode) => inode >= FIRST_RESERVED))
    throw unusable(attempt, "it belongs to JuiceFS itself");
  const kind = source.mode & S_IFMT;
  if (kind === S_IFDIR && (await isNested(source, target, plan))) throw nested(plan);
  if (statAt(to.at, to.name, target))
    throw explainRefusal(EEXIST, { verb: "clone to", subject: to });
  const [sourceInode, parentInode, targetParent] = inodes as [bigint, bigint, bigint];
  return { source: sourceInode, sourceParent: parentInode, targetParent, kind };
}

async function isNested(source: StatBuffer, target: StatBuffer, plan: ClonePlan): Promise<boolean> {
  if (source.inode === ROOT_INODE) return true;
  const { inode, device, mountId } = source;
  const isOneMount = mountId !== 0 && mountId === target.mountId;
  if (isOneMount) return isAbove({ inode, device }, plan.to.at);
  return await isAboveInVolume({ source: inode, targetParent: target.inode }, plan);
}

function refuseVersion({ volume, from, force }: ClonePlan): void {
  const text = volume.config?.version;
  if (text === undefined || force) return;
  const version = parseVersion(text);
  if (version !== undefined && isKnownVersion(version)) return;
  throw unusable({ verb: "clone", subject: from }, `JuiceFS ${text} was never tried with jvs`);
}

/** Numbers of one volume mean something else in another: a folder that has nothing to do with it. */
function refuseOtherVolume({ volume, fromVolume, from }: ClonePlan): void {
  if (volume.device === fromVolume.device) return;
  const [one, other] = [volume.config?.uuid, fromVolume.config?.uuid];
  if (one !== undefined && one === other) return;
  const why =
    one === undefined || other === undefined
      ? "it lies on another mount, and whether that is the same volume cannot be seen"
      : "the copy would lie on another volume";
  throw unusable({ verb: "clone", subject: from }, why);
}

/** Whether the open folder is the folder `top` or lies in it, on the way up to the mount's root. */
function isAbove(top: { inode: bigint; device: string }, folder: number): boolean {
  const stat = new StatBuffer();
  statFd(folder, stat);
  let way = "..";
  for (let depth = 0; depth < DEEPEST && stat.device === top.device; depth++) {
    if (stat.inode === top.inode) return true;
    const below = stat.inode;
    if (!statAt(folder, way as RawPath, stat) || stat.inode === below) return false;
    way += "/..";
  }
  return false;
}

/** The same, where bind mounts or two mounts hide the way up: by the paths that the mount knows. */
async function isAboveInVolume(
  { source, targetParent }: { source: bigint; targetParent: bigint },
  { from, to, volume, talk: { openPort, pause } }: ClonePlan,
): Promise<boolean> {
  if (source === targetParent) return true;
  const attempt = { verb: "clone", subject: from };
  const common = { attempt, folder: to.at, volume, talk: { openPort, pause } };
  const [outer] = (await readInfo({ inode: source, raw: true }, common)).paths;
  const [inner] = (await readInfo({ inode: targetParent, raw: true }, common)).paths;
  if (!outer?.startsWith("/") || !inner?.startsWith("/"))
    throw unusable(attempt, "whether the copy would lie in the folder itself cannot be seen");
  return inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
}

function nested({ from, to }: ClonePlan): JvsError {
  const [path, target] = [toText(from.name), toText(to.name)];
  return new JvsError(`Cannot clone "${path}": the copy "${target}" would lie in it`, {
    code: "E_PATH_ESCAPE",
    details: { path, target },
  });
}
