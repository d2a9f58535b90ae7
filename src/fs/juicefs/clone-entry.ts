import { JvsError } from "../../model/errors.ts";
import { toText } from "../../model/raw-path.ts";
import { type Place, statAt } from "../at.ts";
import { S_IFMT, StatBuffer } from "../stat-buffer.ts";
import { askStatus, mayBeCancelled, type TalkOptions } from "./ask-mount.ts";
import { type CloneInodes, type ClonePlan, checkClone } from "./clone-guards.ts";
import { LostReply } from "./converse.ts";
import {
  explainRefusal,
  interrupted,
  type JuiceAttempt,
  unknownOutcome,
  unusable,
} from "./juice-errors.ts";
import { parseVersion, readsLayoutA } from "./juice-version.ts";
import { type JuiceVolume, rereadConfig } from "./juice-volume.ts";
import { removeTree } from "./remove-tree.ts";
import { type CloneLayout, encodeClone } from "./requests.ts";

export interface CloneOptions extends TalkOptions {
  /** A file, link or folder. */
  readonly from: Place;
  /** Where the copy goes: an open folder of `volume`, and a name in it that is free. */
  readonly to: Place;
  /** Given when `from` lies on another mount of the same volume. */
  readonly fromVolume?: JuiceVolume;
  /** The copy is the caller's own, and of now, as one that is written is; its mode is its owner's part of the source's. */
  readonly isOwn?: boolean;
  /** Folders copied at a time, 1 to 255; 1.4 and later alone heed it. */
  readonly threads?: number;
  /** Talk to versions that jvs does not know, too. */
  readonly force?: boolean;
  /** The configuration as it is now; for tests. */
  readonly reread?: typeof rereadConfig;
}

/** How a copy was made. */
export interface CloneReport {
  readonly layout: CloneLayout;
  /** How often it was asked for: more than once when a program that was started cancelled it. */
  readonly attempts: number;
}

/** What nobody gets of the mode of a file that its owner alone may use. */
const FOR_OTHERS = 0o7177;
const RETRY_PAUSE = 20;
const ENOENT = 2;
const EEXIST = 17;
const MOST_ATTEMPTS = 5;
/** A mount may remember for a second that a name was free, and is away for one when it starts again. */
const LOOKS = 40;
const BETWEEN_LOOKS = 50;

/**
 * Copies a file or a folder with all below it by one message to the mount: no content is read or
 * written, and the copy appears whole or not at all. Owners, modes and times are kept; hard links
 * become files of their own. Not one moment: what is written meanwhile may be in it or not, and
 * what others hold in memory is not (see {@link flushOpenFiles}). Hold the repository's lock.
 *
 * Start no program meanwhile: its copy of the descriptor, once closed, cancels the request. That
 * is noticed, and the request made again; but what was copied until then still counts in the
 * volume, unseen, until `juicefs gc --delete`. So it is when the mount refuses in the middle.
 *
 * @throws JvsError of {@link checkClone}; E_PERMISSION, E_QUOTA, E_NO_SPACE, E_READ_ONLY as the
 *   mount says; E_ENGINE_UNUSABLE when it does not understand: another engine is needed;
 *   E_FILE_CHANGING when the source was replaced; E_INTERRUPTED after `signal`, the copy is gone
 *   then; E_IO with `details.outcome: "unknown"` and `details.target` when the mount went away.
 */
export async function cloneEntry(volume: JuiceVolume, options: CloneOptions): Promise<CloneReport> {
  const { from, to, fromVolume = volume, force = false, openPort, onProgress, signal } = options;
  const attempt = { verb: "clone", subject: from, roomAt: to.at };
  if (signal?.aborted) throw interrupted(attempt);
  const talk = { openPort, onProgress, signal, pause: options.pause ?? Bun.sleep };
  const plan = { volume, fromVolume, from, to, force, talk };
  return await new Clone(plan, await checkClone(plan), options).run(attempt);
}

/** One copy on its way. */
class Clone {
  private readonly plan: ClonePlan;
  private readonly inodes: CloneInodes;
  private readonly options: CloneOptions;
  private readonly stat = new StatBuffer();

  constructor(plan: ClonePlan, inodes: CloneInodes, options: CloneOptions) {
    this.plan = plan;
    this.inodes = inodes;
    this.options = options;
  }

  /** The newest layout first: older mounts answer it with ENOENT, and do nothing. */
  async run(attempt: JuiceAttempt): Promise<CloneReport> {
    let layout: CloneLayout = "C";
    for (let attempts = 1; ; attempts++) {
      const errno = await this.ask(layout, attempt);
      if (this.plan.talk.signal?.aborted) await this.takeBack(errno, attempt);
      if (errno === 0) {
        await this.check(attempt);
        return { layout, attempts };
      }
      if (errno === ENOENT && layout === "C" && this.readsA(attempt)) layout = "A";
      else await this.waitForRetry(errno, { attempts, attempt });
      // Whoever made the name in between owns it.
      if (this.isTargetThere()) throw explainRefusal(EEXIST, attempt);
    }
  }

  /** Whatever cancels may be at it for a while: some programs start others in a row. */
  private async waitForRetry(
    errno: number,
    { attempts, attempt }: { attempts: number; attempt: JuiceAttempt },
  ): Promise<void> {
    if (!mayBeCancelled(errno) || attempts >= MOST_ATTEMPTS) throw explainRefusal(errno, attempt);
    await this.plan.talk.pause?.(attempts * RETRY_PAUSE);
  }

  private async ask(layout: CloneLayout, attempt: JuiceAttempt): Promise<number> {
    const { to, volume, talk } = this.plan;
    const { threads, isOwn = false } = this.options;
    const words = {
      ...this.inodes,
      name: to.name,
      ...(threads === undefined ? {} : { threads }),
      ...(isOwn ? { isOwn, umask: FOR_OTHERS } : {}),
    };
    const question = { volume, folder: to.at, request: encodeClone(layout, words), attempt };
    try {
      return await askStatus(question, talk);
    } catch (cause) {
      if (!(cause instanceof LostReply)) throw cause;
      throw unknownOutcome(attempt, await this.lookAtTarget(), cause);
    }
  }

  /**
   * Whether ENOENT means that the mount reads layout A, and not that the source has gone. Layout A
   * kills a mount of 1.3 or later. So the version is read again: the mount process may have been
   * replaced since it was found.
   */
  private readsA(attempt: JuiceAttempt): boolean {
    if (!this.isSourceThere()) return false;
    const { reread = rereadConfig } = this.options;
    const text = reread(this.plan.volume)?.version;
    if (text === undefined)
      throw unusable(attempt, "it does not know the request, and its version cannot be read");
    const version = parseVersion(text);
    return version !== undefined && readsLayoutA(version);
  }

  /** Stopped by the user: what was finished in the last moment goes as well. */
  private async takeBack(errno: number, attempt: JuiceAttempt): Promise<never> {
    if (errno === 0) await this.removeCopy();
    throw interrupted(attempt);
  }

  /** The names may have been given to something else while the numbers travelled. */
  private async check(attempt: JuiceAttempt): Promise<void> {
    const { kind, source } = this.inodes;
    const target = await this.lookAtTarget();
    const isIt = this.stat.inode !== source && (this.stat.mode & S_IFMT) === kind;
    if (target !== "present" || !isIt) throw unknownOutcome(attempt, target, undefined);
    if (this.isSourceThere()) return;
    await this.removeCopy();
    const path = toText(this.plan.from.name);
    throw new JvsError(`Cannot clone "${path}": it was replaced meanwhile`, {
      code: "E_FILE_CHANGING",
      hint: "Run the command again",
      details: { path },
    });
  }

  private async removeCopy(): Promise<void> {
    const { volume, to, talk } = this.plan;
    const { openPort, pause } = talk;
    await removeTree(volume, { place: to, skipTrash: true, openPort, pause });
  }

  private isSourceThere(): boolean {
    const { from } = this.plan;
    const stat = new StatBuffer();
    return statAt(from.at, from.name, stat) && stat.inode === this.inodes.source;
  }

  private isTargetThere(): boolean {
    return statAt(this.plan.to.at, this.plan.to.name, this.stat);
  }

  /** Leaves the target's attributes in `stat` when it is there. */
  private async lookAtTarget(): Promise<"absent" | "present" | "unknown"> {
    const { pause = Bun.sleep } = this.plan.talk;
    let seen: "absent" | "unknown" = "unknown";
    for (let looks = 0; looks < LOOKS; looks++) {
      if (looks > 0) await pause(BETWEEN_LOOKS);
      try {
        if (this.isTargetThere()) return "present";
        seen = "absent";
      } catch {
        seen = "unknown"; // The mount is not back yet.
      }
    }
    return seen;
  }
}
