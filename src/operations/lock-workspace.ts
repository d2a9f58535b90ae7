import { isLocked, type Lock, type LockOptions, lockStore, lockWorktree } from "../repo/lock.ts";
import { refuseIrregularLog } from "../repo/operation-log.ts";
import { readWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { finishPendingWork, hasPendingWork } from "./finish-pending-work.ts";
import { openWorkspace, type Workspace } from "./open-workspace.ts";

/** A workspace that nobody else changes while we hold it; nor does stored content go away. */
export interface LockedWorkspace extends Disposable {
  readonly workspace: Workspace;
}

/**
 * Opens the workspace for a command that changes something. What a killed command left behind is
 * finished or cleared first.
 *
 * @throws E_NO_REPOSITORY, E_LOCKED; E_CONFIG where nothing could be logged
 */
export function lockWorkspace(ctx: Context, command: string): Promise<LockedWorkspace> {
  return lockOpened(ctx, openWorkspace(ctx), command);
}

/** The same for a workspace that is opened already, wherever the user stands. */
export async function lockOpened(
  ctx: Context,
  opened: Workspace,
  command: string,
): Promise<LockedWorkspace> {
  refuseIrregularLog(opened.repo.layout);
  const lock = await takeLock(ctx, opened, { command, timeoutMs: ctx.lockTimeout });
  try {
    await finishPendingWork(ctx, opened);
    const worktree = readWorktree(opened.repo, opened.worktree.name);
    return { workspace: { ...opened, worktree }, [Symbol.dispose]: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens the workspace for a command that only reads. Readers need no lock, unless a killed command left work. */
export async function openForReading(ctx: Context): Promise<Workspace> {
  const opened = openWorkspace(ctx);
  if (!hasPendingWork(opened)) return opened;
  try {
    using lock = await takeLock(ctx, opened, {
      command: "finishing an interrupted command",
      timeoutMs: 0,
    });
    await finishPendingWork(ctx, opened);
    lock.release();
  } catch (error) {
    if (!isLocked(error)) throw error;
    // Its process is alive: what it is doing is not visible yet.
  }
  return { ...opened, worktree: readWorktree(opened.repo, opened.worktree.name) };
}

/** The lock of the worktree, and a share in that of the store: see lockStore. */
async function takeLock(
  { actor, progress }: Context,
  { repo, store, worktree }: Workspace,
  how: { command: string; timeoutMs: number },
): Promise<Lock> {
  const options: LockOptions = { actor, progress, ...how };
  const own = await lockWorktree(repo, worktree.name, options);
  try {
    const shared = await lockStore(repo, "shared", options);
    store.forgetPacks(); // What was listed before may have been swept.
    const release = (): void => {
      shared.release();
      own.release();
    };
    return { release, [Symbol.dispose]: release };
  } catch (error) {
    own.release();
    throw error;
  }
}
