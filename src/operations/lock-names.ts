import { listIntents } from "../repo/intents.ts";
import { type Lock, type LockOptions, lockStore, lockWorktree } from "../repo/lock.ts";
import { hasWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { finishPendingWork } from "./finish-pending-work.ts";
import type { Repository } from "./open-workspace.ts";
import { resumeWorktree } from "./resume-worktree.ts";
import { workspaceOf } from "./workspace-of.ts";

export interface NameLockOptions {
  /** What others read while they wait. */
  readonly command: string;
  /** The caller holds the lock of this worktree already, and a share in that of the store. */
  readonly held?: string;
  readonly timeoutMs?: number;
}

/**
 * Takes the locks of the worktrees `names`, whether they exist or not, and a share in that of the
 * store. What killed commands left behind in them is finished or cleared first.
 *
 * @throws E_LOCKED, E_NAME_INVALID
 */
export async function lockNames(
  ctx: Context,
  repository: Repository,
  { names, ...how }: NameLockOptions & { readonly names: readonly string[] },
): Promise<Disposable> {
  const locks = await takeLocks(ctx, repository, { names, ...how });
  const release = (): void => {
    for (const lock of locks.toReversed()) lock.release();
  };
  try {
    await finishAll(ctx, repository, names);
    return { [Symbol.dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}

/** In the order of the names, so that two commands never wait for each other. */
async function takeLocks(
  { actor, progress, lockTimeout }: Context,
  { repo, store }: Repository,
  how: NameLockOptions & { readonly names: readonly string[] },
): Promise<Lock[]> {
  const { command, held, names, timeoutMs = lockTimeout } = how;
  const options: LockOptions = { actor, progress, command, timeoutMs };
  const locks: Lock[] = [];
  try {
    for (const name of [...new Set(names)].sort())
      if (name !== held) locks.push(await lockWorktree(repo, name, options));
    locks.push(await lockStore(repo, "shared", options));
    store.forgetPacks(); // What was listed before may have been swept.
    return locks;
  } catch (error) {
    for (const lock of locks) lock.release();
    throw error;
  }
}

async function finishAll(
  ctx: Context,
  repository: Repository,
  names: readonly string[],
): Promise<void> {
  const { repo } = repository;
  for (const intent of listIntents(repo))
    if (intent.kind === "worktree" && names.includes(intent.worktree))
      await resumeWorktree(ctx, repository, { intent, held: names });
  for (const name of names)
    if (hasWorktree(repo, name)) await finishPendingWork(ctx, workspaceOf(repository, name));
}
