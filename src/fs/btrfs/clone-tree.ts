import { JvsError, SystemError } from "../../model/errors.ts";
import type { Progress } from "../../model/progress.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import {
  closeFd,
  createFile,
  makeFifo,
  makeFolder,
  makeHardLink,
  makeLink,
  openForRead,
  type Place,
  readLink,
  statAt,
  statFd,
} from "../at.ts";
import { isBeingWritten } from "../file-io.ts";
import { FolderCursor } from "../folder-cursor.ts";
import { S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, StatBuffer } from "../stat-buffer.ts";
import { type Found, walkFolder } from "../walk-folder.ts";
import { REQUEST, tryIoctl } from "./btrfs-ioctl.ts";
import { copyFacts, type Facts, factsOf } from "./copy-facts.ts";
import { type FolderState, ROOT, stateOf } from "./folder-state.ts";
import { copyInodeFlags } from "./inode-flags.ts";
import { isTop } from "./nested-subvolumes.ts";
import { inFolder } from "./subvolume.ts";

export interface CloneInput {
  /** The open folder to read; nothing in it is changed. */
  readonly from: number;
  /** The open, empty folder to fill, on the same file system. */
  readonly to: number;
  readonly progress: Progress;
}

export interface Cloned {
  /** What each path was like when it was cloned. */
  readonly state: FolderState;
  /** Files with names outside of the folder too: these go on being one file, the clone is another. */
  readonly parted: readonly RawPath[];
}

/**
 * Makes in one folder everything that is in another, sharing the blocks of files (FICLONE), with
 * all that docs/format.md promises to keep, and the times of folders and links.
 *
 * @throws SystemError; E_IN_USE where a file is open for writing; E_FILE_CHANGING; E_UNSAFE_FOLDER
 *   for what cannot be cloned: sockets, devices, mounts, subvolumes; E_PERMISSION; E_INTERRUPTED
 */
export async function cloneTree(input: CloneInput): Promise<Cloned> {
  using target = new FolderCursor(input.to);
  const cloner = new TreeCloner(input, target);
  await cloner.begin();
  let done = 0;
  for (const found of walkFolder(input.from)) {
    await cloner.clone(found);
    if (++done % 64 !== 0) continue;
    input.progress.report({ phase: "cloning", done, bytes: cloner.bytes });
    await input.progress.breathe();
  }
  return cloner.finish();
}

interface SharedFile {
  readonly path: RawPath;
  readonly folder: RawPath;
  readonly name: RawPath;
  /** How many of its names were not met yet. */
  left: number;
}

class TreeCloner {
  bytes = 0;
  private readonly input: CloneInput;
  private readonly target: FolderCursor;
  private readonly top = new StatBuffer();
  private readonly state: FolderState = new Map();
  private readonly folders: (Pick<Found, "folder" | "name" | "path"> & { facts: Facts })[] = [];
  private readonly shared = new Map<string, SharedFile>();

  constructor(input: CloneInput, target: FolderCursor) {
    this.input = input;
    this.target = target;
  }

  async begin(): Promise<void> {
    const { from, to } = this.input;
    await settle(ROOT, this.top, () => {
      statFd(from, this.top);
      return true;
    });
    this.state.set(ROOT, stateOf(this.top));
    copyInodeFlags(from, to, ROOT);
  }

  async clone(found: Found): Promise<void> {
    const { at, name, path, stat } = found;
    await settle(path, stat, () => statAt(at, name, stat));
    if (found.stat.mountId !== this.top.mountId) throw cannot(found, "something is mounted there");
    this.state.set(found.path, stateOf(found.stat));
    naming(found.path, () => this.cloneOne(found));
  }

  private cloneOne(found: Found): void {
    const { stat, name, path, folder } = found;
    const to = { at: this.target.open(folder), name };
    const isFolder = (stat.mode & S_IFMT) === S_IFDIR;
    if (isFolder) {
      if (isTop(stat)) throw cannot(found, "it is a subvolume itself");
      makeFolder(to.at, name, 0o700);
      inFolder(found.at, name, (from) =>
        inFolder(to.at, name, (fd) => copyInodeFlags(from, fd, path)),
      );
      // Its mode and times are for the end: it has to be filled first.
      this.folders.push({ folder, name, path, facts: factsOf(stat) });
    } else if (stat.nlink < 2 || !this.linkToFirst(found, to)) {
      this.cloneFresh(found, to);
    }
  }

  /** Returns false for the first name of a file that has several. */
  private linkToFirst({ stat, path, folder, name }: Found, to: Place): boolean {
    const key = `${stat.inoHigh}:${stat.inoLow}`;
    const first = this.shared.get(key);
    if (first === undefined) {
      this.shared.set(key, { path, folder, name, left: stat.nlink - 1 });
      return false;
    }
    first.left--;
    using other = new FolderCursor(this.input.to);
    makeHardLink({ at: other.open(first.folder), name: first.name }, to);
    return true;
  }

  private cloneFresh(found: Found, to: Place): void {
    const { at, name, stat } = found;
    const kind = stat.mode & S_IFMT;
    if (kind === S_IFREG) this.cloneFile(found, to);
    else if (kind === S_IFLNK) makeLink(to.at, name, toRaw(readLink(at, name)));
    else if (kind === S_IFIFO) makeFifo(to.at, name, 0o600);
    else throw cannot(found, "it is a socket or a device");
    copyFacts({ at, name }, to, factsOf(stat));
  }

  private cloneFile({ at, name, path, stat }: Found, to: Place): void {
    const from = openForRead(at, name);
    const fd = createFile(to.at, name);
    try {
      if (isBeingWritten(from)) throw inUse(path);
      copyInodeFlags(from, fd, path);
      const why = stat.size === 0 ? "" : tryIoctl(fd, REQUEST.ficlone, from);
      if (why !== "") throw new SystemError(why, "clone", toText(path));
      this.bytes += stat.size;
    } finally {
      closeFd(fd);
      closeFd(from);
    }
  }

  finish(): Cloned {
    using source = new FolderCursor(this.input.from);
    for (const { folder, name, path, facts } of this.folders.reverse()) {
      const from = { at: source.open(folder), name };
      naming(path, () => copyFacts(from, { at: this.target.open(folder), name }, facts));
    }
    const top = "." as RawPath;
    const { from, to } = this.input;
    copyFacts({ at: from, name: top }, { at: to, name: top }, factsOf(this.top));
    const parted = [...this.shared.values()].filter(({ left }) => left > 0).map(({ path }) => path);
    return { state: this.state, parted };
  }
}

/** Above the ticks of the clock that files get their times from. */
const TICK_MS = 20;

/**
 * Looks, and waits until a change after that look would show in ctime: within one tick of the clock
 * it may not.
 */
async function settle(path: RawPath, stat: StatBuffer, look: () => boolean): Promise<void> {
  for (let patience = 3; patience > 0; patience--) {
    if (look() && !isFresh(stat)) return;
    await Bun.sleep(TICK_MS);
  }
  throw new JvsError(`Cannot clone "${toText(path)}": it is being changed`, {
    code: "E_FILE_CHANGING",
    hint: "Stop the program that changes it, and run the command again",
    details: { path: toText(path) },
  });
}

function isFresh({ ctimeSeconds, ctimeNanos }: StatBuffer): boolean {
  const age = Date.now() - (ctimeSeconds * 1000 + ctimeNanos / 1e6);
  return Math.abs(age) < TICK_MS;
}

/** The verbs on names know the last part of the path only. */
function naming(path: RawPath, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof SystemError
      ? new SystemError(error.code, error.action, toText(path))
      : error;
  }
}

function toRaw(bytes: Uint8Array): RawPath {
  return Buffer.from(bytes).latin1Slice() as RawPath;
}

function cannot({ path }: Pick<Found, "path">, why: string): JvsError {
  return new JvsError(`Cannot clone "${toText(path)}": ${why}`, {
    code: "E_UNSAFE_FOLDER",
    hint: "Take it out of the folder, and run the command again",
    details: { path: toText(path) },
  });
}

function inUse(path: RawPath): JvsError {
  return new JvsError(`Cannot clone "${toText(path)}": a program has it open for writing`, {
    code: "E_IN_USE",
    hint: "End that program (`fuser -v` on the file names it), and run the command again",
    details: { path: toText(path) },
  });
}
