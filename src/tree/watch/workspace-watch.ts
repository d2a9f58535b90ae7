import { closeSync, openSync, realpathSync } from "node:fs";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { filesHeldBelow } from "../../fs/held-files.ts";
import { EVENT, Inotify } from "../../fs/inotify.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { fromText, type RawPath } from "../../model/raw-path.ts";
import type { WatchToken } from "../table-facts.ts";
import type { Touched } from "../touched.ts";
import {
  CONTROL_FOLDER,
  canBeWatched,
  identityOf,
  openWorkspaceFolder,
} from "../workspace-folder.ts";
import { EventTaker, type Ledger } from "./event-taker.ts";
import { HeldFiles } from "./held-files.ts";
import { TouchedPaths } from "./touched-paths.ts";
import { type WatchedFolder, WatchedFolders } from "./watched-folders.ts";

/** `starting`: watches are still being set. `off`: it cannot be watched; why, is said. */
export type WatchState = "starting" | "ready" | "off";

/** A moment of a watch. */
export type Moment = Pick<WatchToken, "epoch" | "seq">;

export interface WatchAnswer {
  /** What is answered holds until then; undefined where nothing can be said. */
  readonly now: Moment | undefined;
  /** Undefined where it is not known. */
  readonly touched: Touched | undefined;
}

/** A watch at work. */
interface Work extends Ledger {
  readonly inotify: Inotify;
  readonly events: EventTaker;
  /** Folders whose own folders are not watched yet. */
  readonly pending: WatchedFolder[];
  /** No other watch has this number. */
  readonly epoch: bigint;
}

/** So many folders are watched between two looks at who is asking. */
const SLICE = 200;
/** A full scan costs less than so many single looks. */
const MOST_HELD = 10_000;
const MOST_ROUNDS = 32;
const UNKNOWN: WatchAnswer = { now: undefined, touched: undefined };
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the limit of watches is reached (fs.inotify.max_user_watches)",
  EMFILE: "the limit of watchers is reached (fs.inotify.max_user_instances)",
  ENOENT: "it was moved or removed",
};

/**
 * Keeps account of what is touched in one workspace, by the kernel's events (inotify(7)). In doubt it
 * knows nothing, which costs a full scan: after lost events, where a folder cannot be watched, when
 * the workspace is moved or replaced.
 */
export class WorkspaceWatch implements Disposable {
  readonly identity: string;
  state: WatchState = "starting";
  /** Why it is off. */
  why = "";
  private readonly path: string;
  /** A file outside of the workspace whose opening stands between two openings in it. */
  private readonly fence: string;
  private work: Work | undefined;

  /** @throws SystemError when the workspace is not there, or may not be opened */
  constructor(path: string, fence: string) {
    this.path = path;
    this.fence = fence;
    using folder = openWorkspaceFolder(path);
    this.identity = identityOf(folder);
    this.guarded(() => this.start());
  }

  /** What the kernel fills; undefined when it is off. */
  get fd(): number | undefined {
    return this.work?.inotify.fd;
  }

  get counts(): { folders: number; touched: number; held: number } {
    const { folders, touched, held } = this.work ?? {};
    return { folders: folders?.size ?? 0, touched: touched?.size ?? 0, held: held?.size ?? 0 };
  }

  /** Changes with everything that is touched; undefined while something may be changing unseen. */
  get quietSince(): string | undefined {
    const { work, state } = this;
    if (work === undefined || state !== "ready" || work.held.size > 0) return undefined;
    return `${work.epoch}:${work.touched.seq}`;
  }

  /** Sets some more watches, as long as it is starting. */
  prepare(now: number): void {
    if (this.state !== "starting") return;
    this.inRoot((cursor, { pending, folders }) => {
      for (let done = 0; done < SLICE && pending.length > 0; done++) {
        const folder = pending.pop() as WatchedFolder;
        if (folders.isWatched(folder)) pending.push(...folders.watchChildren(cursor, folder));
      }
    });
    if (this.work?.pending.length === 0) this.beReady(this.work, now);
  }

  /** Takes in all that happened until now. */
  drain(now: number): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const taken = this.takeEvents(now);
      if (taken === 0) return;
      if (this.work?.events.hasFoldersToFollow === true)
        this.inRoot((cursor, { events }) => events.followFolders(cursor, now));
    }
  }

  /** What was touched since that moment. Drain first. */
  answer(since: Moment | undefined): WatchAnswer {
    const { work } = this;
    if (work === undefined || this.state !== "ready") return UNKNOWN;
    const { epoch, touched, held, folders } = work;
    const now = { epoch, seq: touched.seq };
    const found = since?.epoch === epoch ? touched.since(since.seq) : undefined;
    if (found === undefined || held.size > MOST_HELD) return { now, touched: undefined };
    const paths = [...found.paths, ...held.list()];
    return { now, touched: { paths, trees: [...found.trees, ...folders.blind] } };
  }

  /** Milliseconds until {@link prepare} or {@link tend} has something to do. */
  dueIn(now: number): number {
    if (this.work === undefined) return Number.POSITIVE_INFINITY;
    return this.state === "starting" ? 0 : Math.max(0, this.work.held.dueIn(now));
  }

  /** Lets go of files that nobody writes any more. */
  tend(now: number): void {
    if (this.state !== "ready" || this.dueIn(now) > 0) return;
    const fence = (): void => closeSync(openSync(this.fence, "r"));
    this.inRoot((cursor, { held }) => held.check(cursor, now, fence));
  }

  [Symbol.dispose](): void {
    this.work?.inotify[Symbol.dispose]();
    this.work = undefined;
  }

  /** From nothing, also after events were lost: what was known is worth nothing any more. */
  private start(): void {
    this[Symbol.dispose]();
    this.state = "starting";
    using folder = openWorkspaceFolder(this.path);
    if (!canBeWatched(folder)) {
      this.turnOff("something is mounted in it, or it is on another machine");
      return;
    }
    const inotify = new Inotify();
    const folders = new WatchedFolders(inotify, CONTROL_FOLDER);
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    const ledger: Ledger = {
      folders,
      touched: new TouchedPaths(),
      held: new HeldFiles(),
      fenceWatch: this.watchFence(inotify),
    };
    this.work = {
      ...ledger,
      inotify,
      events: new EventTaker(ledger),
      pending: [folders.watchRoot(folder.fd)],
      epoch: (BigInt(high) << 32n) | BigInt(low) | 1n,
    };
  }

  private watchFence(inotify: Inotify): number {
    const fd = openSync(this.fence, "r");
    try {
      return inotify.watch(fd, fromText(this.fence), EVENT.open);
    } finally {
      closeSync(fd);
    }
  }

  /** All folders are watched. What was opened before that is looked for once. */
  private beReady({ held: suspects }: Work, now: number): void {
    const root = fromText(realpathSync(this.path));
    for (const held of filesHeldBelow(root)) {
      const path = held.slice(root.length + 1) as RawPath;
      if (!path.startsWith(`${CONTROL_FOLDER}/`)) suspects.suspect(path, now);
    }
    this.state = "ready";
  }

  /** Returns how many there were. */
  private takeEvents(now: number): number {
    let taken = 0;
    this.guarded(() => {
      const { work } = this;
      for (const event of work?.inotify.read() ?? []) {
        taken++;
        const found = work?.events.take(event, now);
        if (found === "taken") continue;
        if (found === "lost") this.start();
        else this.turnOff("it was moved or removed");
        return;
      }
    });
    return taken;
  }

  private turnOff(why: string): void {
    this[Symbol.dispose]();
    this.state = "off";
    this.why = why;
  }

  /** Whatever goes wrong ends the watch: from then on nothing is known. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === "") throw error;
      this.turnOff(REASONS[code] ?? `it cannot be looked into (${code})`);
    }
  }

  private inRoot(use: (cursor: FolderCursor, work: Work) => void): void {
    this.guarded(() => {
      if (this.work === undefined) return;
      using folder = openWorkspaceFolder(this.path);
      if (identityOf(folder) !== this.identity) {
        this.turnOff("it was replaced");
        return;
      }
      using cursor = new FolderCursor(folder.fd);
      use(cursor, this.work);
    });
  }
}
