import { JvsError } from "../../model/errors.ts";
import type { WatcherReport } from "../../model/watcher-report.ts";
import type { Desk } from "../../repo/desk.ts";
import { watchLockPath } from "../../repo/layout.ts";
import type { Repo } from "../../repo/repo.ts";
import { takeQuestion, type WatchCall } from "../../repo/watch-desk.ts";
import {
  encodeAnswer,
  encodeReport,
  type TouchedAnswer,
  type WatchQuestion,
} from "../../repo/watch-messages.ts";
import { WorkspaceWatch } from "../../tree/watch/workspace-watch.ts";
import type { Repository } from "../open-workspace.ts";
import { workspaceOf } from "../workspace-of.ts";
import type { ServerProcess } from "./server-process.ts";

export interface WatcherOptions {
  readonly pid: number;
  readonly startedAt: Date;
  /** Ends after so many milliseconds without a question; undefined: never. */
  readonly idleMs: number | undefined;
  readonly everyMs: number | undefined;
  /** It ends with the watcher. */
  readonly server: ServerProcess;
}

/** A clock that never jumps, in milliseconds. */
const ticks = (): number => performance.now();
/** How often to look whether the repository is still there. */
const LONGEST_WAIT_MS = 30_000;
/** A workspace that could not be watched is tried again after that. */
const RETRY_MS = 10_000;

/** What is watched, and who asks for it. One thread, no event loop: a question waits for nothing. */
export class Watcher implements Disposable {
  private readonly repository: Repository;
  private readonly desk: Desk;
  private readonly options: WatcherOptions;
  private readonly watches = new Map<
    string,
    { watch: WorkspaceWatch; path: string; since: number }
  >();
  private lastAsked = ticks();
  private isStopped = false;

  constructor(repository: Repository, desk: Desk, options: WatcherOptions) {
    this.repository = repository;
    this.desk = desk;
    this.options = options;
  }

  get repo(): Repo {
    return this.repository.repo;
  }

  /** Whether there is nothing more to do. */
  get isDone(): boolean {
    const { idleMs } = this.options;
    const isIdle = idleMs !== undefined && ticks() - this.lastAsked >= idleMs;
    return this.isStopped || isIdle || !this.desk.isThere();
  }

  /** Sleeps until something is to do, at most `longestMs`, and does it. */
  turn(longestMs: number): void {
    const watches = [...this.watches.values()].map(({ watch }) => watch);
    const fds = watches.map(({ fd }) => fd).filter((fd) => fd !== undefined);
    const now = ticks();
    const due = Math.min(longestMs, this.idleIn(now), ...watches.map((watch) => watch.dueIn(now)));
    const { isCalled } = this.desk.wait(fds, Math.max(0, Math.min(due, LONGEST_WAIT_MS)));
    if (isCalled) this.answerOne();
    for (const watch of watches) {
      watch.drain(ticks());
      watch.prepare(ticks());
      watch.tend(ticks());
    }
  }

  /** Begins to watch a workspace, unless it is watched. Undefined where it is not there. */
  watch(worktree: string): WorkspaceWatch | undefined {
    const known = this.watches.get(worktree);
    if (known !== undefined && !this.isOutdated(known)) return known.watch;
    known?.watch[Symbol.dispose]();
    this.watches.delete(worktree);
    try {
      const { path } = workspaceOf(this.repository, worktree);
      const watch = new WorkspaceWatch(path, watchLockPath(this.repo.layout));
      this.watches.set(worktree, { watch, path, since: ticks() });
      return watch;
    } catch (error) {
      if (isForeseen(error)) return undefined;
      throw error;
    }
  }

  /** More than once is no harm: who tells it to stop is answered when nothing is held any more. */
  [Symbol.dispose](): void {
    if (this.isStopped) return;
    this.options.server[Symbol.dispose]();
    for (const { watch } of this.watches.values()) watch[Symbol.dispose]();
    this.desk[Symbol.dispose]();
  }

  private isOutdated({ watch, since }: { watch: WorkspaceWatch; since: number }): boolean {
    return watch.state === "off" && ticks() - since >= RETRY_MS;
  }

  private idleIn(now: number): number {
    const { idleMs } = this.options;
    return idleMs === undefined ? Number.POSITIVE_INFINITY : this.lastAsked + idleMs - now;
  }

  private answerOne(): void {
    using call = takeQuestion(this.desk);
    if (call === undefined) return;
    const { question } = call;
    if (question.ask === "touched") this.answerTouched(call, question);
    else if (question.ask === "status") call.reply(encodeReport(this.report()));
    else this.stop(call);
  }

  private answerTouched(
    call: WatchCall,
    question: Extract<WatchQuestion, { ask: "touched" }>,
  ): void {
    this.lastAsked = ticks();
    call.reply(encodeAnswer(this.findTouched(question)));
  }

  private findTouched({
    worktree,
    identity,
    since,
  }: Extract<WatchQuestion, { ask: "touched" }>): TouchedAnswer {
    let watch = this.watch(worktree);
    if (watch !== undefined && watch.identity !== identity) {
      // It is another folder by now than the one that is watched.
      watch[Symbol.dispose]();
      this.watches.delete(worktree);
      watch = this.watch(worktree);
    }
    if (watch === undefined || watch.identity !== identity) return {};
    watch.drain(ticks());
    const { now, touched } = watch.answer(since);
    if (now === undefined) return {};
    if (touched === undefined) return { now };
    return { now, touched: { paths: [...touched.paths], trees: [...touched.trees] } };
  }

  /** Gives up the place first: who hears the answer may start the next watcher. */
  private stop(call: WatchCall): void {
    this[Symbol.dispose]();
    this.isStopped = true;
    call.reply(encodeReport({ stopped: true }));
  }

  private report(): WatcherReport {
    const { pid, startedAt, everyMs, idleMs, server } = this.options;
    return {
      pid,
      since: startedAt.toISOString(),
      every_ms: everyMs ?? null,
      idle_ms: idleMs ?? null,
      server_pid: server.pid ?? null,
      workspaces: [...this.watches].map(([worktree, { watch, path }]) => ({
        worktree,
        path,
        state: watch.state,
        why: watch.why,
        ...watch.counts,
      })),
    };
  }
}

/** The worktree, or its folder, is gone, or not ours to look into. */
function isForeseen(error: unknown): boolean {
  return error instanceof JvsError || (error instanceof Error && "code" in error);
}
