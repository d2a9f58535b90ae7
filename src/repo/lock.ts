import { closeFd } from "../fs/at.ts";
import type { LockMode } from "../fs/flock.ts";
import { lookAfresh } from "../fs/look-afresh.ts";
import { JvsError } from "../model/errors.ts";
import type { Actor } from "../model/operation.ts";
import type { Progress } from "../model/progress.ts";
import { repositoryLockPath, storeLockPath, worktreeLockPath } from "./layout.ts";
import { tryLockPath } from "./lock-file.ts";
import {
  clearHolder,
  describeHolder,
  type LockHolder,
  readHolder,
  writeHolder,
} from "./lock-holder.ts";
import type { Repo } from "./repo.ts";

export interface LockOptions {
  readonly actor: Actor;
  /** What others read while they wait, such as `jvs snapshot`. */
  readonly command: string;
  /** How long to wait; 0 tries once. */
  readonly timeoutMs: number;
  now?(): Date;
  /** Told that we wait, and asked now and then whether to go on. */
  readonly progress?: Progress;
}

/** Whether that tells of a lock that somebody else holds. */
export function isLocked(error: unknown): boolean {
  return error instanceof JvsError && error.code === "E_LOCKED";
}

/** Held until it is released, or the process ends. `using` releases it. */
export interface Lock extends Disposable {
  /** May be called twice. */
  release(): void;
}

interface Target {
  readonly path: string;
  /** In words, for messages. */
  readonly subject: string;
  readonly mode?: LockMode;
  /** Folders with files that are changed under this lock, and opened by their names. */
  readonly guards: readonly string[];
}

/** Short enough that nobody waits long for a free lock, long enough that waiting costs nothing. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

/**
 * Takes the lock of the worktree `name`: whoever changes its workspace, its record or its drafts
 * holds it. Waits while another holds it, in this process too.
 *
 * @throws E_LOCKED, naming the holder, when the time is up; E_NAME_INVALID.
 */
export async function lockWorktree(repo: Repo, name: string, options: LockOptions): Promise<Lock> {
  const path = worktreeLockPath(repo.layout, name);
  const { jvs, worktrees, cache } = repo.layout;
  return acquire(
    { path, subject: `the worktree "${name}"`, guards: [jvs, worktrees, cache] },
    options,
  );
}

/**
 * Takes one of the locks of the whole repository. `purpose` names it (`gc`, `labels`): locks of
 * different purposes do not exclude each other.
 *
 * @throws E_LOCKED, naming the holder, when the time is up.
 */
export async function lockRepository(
  repo: Repo,
  purpose: string,
  options: LockOptions,
): Promise<Lock> {
  const path = repositoryLockPath(repo.layout, purpose);
  const { jvs, worktrees, labels, gc, descriptors } = repo.layout;
  const guards = [jvs, worktrees, labels, gc, descriptors];
  return acquire({ path, subject: `the repository for ${purpose}`, guards }, options);
}

/**
 * Takes the lock of the stored content. Shared: from before a command finds content that is stored
 * already until what needs it is published; any number may hold it. Exclusive: while content is
 * swept that nothing published needs. So nothing is swept that a running snapshot builds upon.
 *
 * @throws E_LOCKED when the time is up; of those who share it none is named.
 */
export async function lockStore(repo: Repo, mode: LockMode, options: LockOptions): Promise<Lock> {
  const subject = mode === "shared" ? "the stored content" : "the stored content for gc";
  const guards = [repo.layout.gc];
  return acquire({ path: storeLockPath(repo.layout), subject, mode, guards }, options);
}

async function acquire(target: Target, options: LockOptions): Promise<Lock> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const fd = tryLockPath(target.path, target.mode);
    if (fd !== undefined) {
      const lock = target.mode === "shared" ? share(fd) : hold(fd, options);
      lookAfterOthers(lock, target);
      return lock;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw lockedBy(target, options);
    options.progress?.report({ phase: `waiting for ${target.subject}`, done: 0 });
    await options.progress?.breathe();
    // By chance, so that those who wait do not all come back at once.
    await Bun.sleep(Math.min(left, pause * (0.5 + Math.random())));
  }
}

/** Whoever held it before may have done so on another host. */
function lookAfterOthers(lock: Lock, { guards }: Target): void {
  try {
    lookAfresh(guards);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Those who share a lock leave no record: each would write over the others'. */
function share(fd: number): Lock {
  let isHeld = true;
  const release = (): void => {
    if (isHeld) closeFd(fd);
    isHeld = false;
  };
  return { release, [Symbol.dispose]: release };
}

function hold(fd: number, { actor, command, now }: LockOptions): Lock {
  writeHolder(fd, describeHolder(actor, command, now?.() ?? new Date()));
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    clearHolder(fd);
  };
  return { release, [Symbol.dispose]: release };
}

function lockedBy({ path, subject }: Target, { now }: LockOptions): JvsError {
  const holder = readHolder(path);
  if (holder === undefined) {
    return new JvsError(`Cannot lock ${subject}: another process is at work in it`, {
      code: "E_LOCKED",
      hint: "Wait for it to end and run the command again",
      details: { lock: path },
    });
  }
  const { pid, host, user, command, since } = holder;
  const age = ageOf(holder, now?.() ?? new Date());
  return new JvsError(
    `Cannot lock ${subject}: process ${pid} of ${user} on ${host} (${command}) has held it for ${age}`,
    {
      code: "E_LOCKED",
      hint: `Wait for it to end and run the command again; if it hangs, stop process ${pid}`,
      details: { lock: path, pid, host, user, command, since },
    },
  );
}

function ageOf({ since }: LockHolder, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
