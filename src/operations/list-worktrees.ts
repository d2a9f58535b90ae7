import { isDetached, type Worktree } from "../model/worktree.ts";
import type { ListedWorktree, WorktreeListReport } from "../model/worktree-reports.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { workspacePath } from "../repo/layout.ts";
import { faultOfPlace, notOwned, type PlaceFault } from "../repo/owned-workspace.ts";
import { identityOf } from "../repo/worktree-folder.ts";
import { listWorktrees as listRecords } from "../repo/worktrees.ts";
import { compareWithLive } from "./compare-with-live.ts";
import type { Context } from "./context.ts";
import { findHere } from "./find-worktree.ts";
import { readLiveState } from "./live-state.ts";
import { openRepository, type Repository } from "./open-workspace.ts";
import { resumeWorktrees } from "./resume-worktree.ts";
import { sealPending } from "./seal/seal-pending.ts";
import { startSealing } from "./seal/start-sealing.ts";

export interface ListWorktreesOptions {
  /** Look into each workspace: what is unsaved, and how large it is. */
  readonly looks: boolean;
}

/**
 * All worktrees, sorted by name. A record that cannot be read is a warning, never left out in silence.
 *
 * @throws E_NO_REPOSITORY
 */
export async function listWorktrees(
  ctx: Context,
  { looks }: ListWorktreesOptions,
): Promise<WorktreeListReport> {
  if (looks) await sealPending(ctx);
  const repository = openRepository(ctx);
  const { repo } = repository;
  await resumeWorktrees(ctx, repository, []);
  await startSealing(ctx, repo);
  const { worktrees, unreadable } = listRecords(repo);
  const current = findHere(repo, ctx)?.name;
  const listed: ListedWorktree[] = [];
  const warnings = unreadable.map(({ name, why }) => `worktree '${name}' cannot be read: ${why}`);
  for (const worktree of worktrees) {
    const facts = factsOf(repository, worktree, current === worktree.name);
    const fault = faultOfPlace(repo, worktree, () => worktrees);
    if (fault !== undefined) warnings.push(notOwned(repo, worktree, fault).message);
    listed.push({ ...facts, ...(await seenOf(ctx, repository, { worktree, looks, fault })) });
  }
  return { worktrees: listed, now: ctx.now().toISOString(), warnings };
}

async function seenOf(
  ctx: Context,
  repository: Repository,
  how: { worktree: Worktree; looks: boolean; fault: PlaceFault | undefined },
): Promise<Seen> {
  if (!how.looks) return NOT_LOOKED;
  if (how.fault !== undefined) return { ...NOT_LOOKED, state: "unreadable" };
  return await look(ctx, repository, how.worktree);
}

type Facts = Pick<ListedWorktree, "worktree" | "path" | "current" | "detached" | "head_created_at">;
type Seen = Pick<ListedWorktree, "state" | "changed" | "entries" | "bytes">;

const NOT_LOOKED: Seen = { state: null, changed: null, entries: null, bytes: null };

function factsOf({ repo }: Repository, worktree: Worktree, current: boolean): Facts {
  const { head_snapshot_id: head } = worktree;
  const isKnown = head !== undefined && hasDescriptor(repo, head);
  return {
    worktree,
    path: workspacePath(repo.layout, worktree.path),
    current,
    detached: isDetached(worktree),
    head_created_at: isKnown ? readDescriptor(repo, head).created_at : null,
  };
}

/** What cannot be looked at is said to be so, and does not keep the others from being shown. */
async function look(ctx: Context, repository: Repository, worktree: Worktree): Promise<Seen> {
  const path = workspacePath(repository.repo.layout, worktree.path);
  if (identityOf(path) === undefined) return { ...NOT_LOOKED, state: "missing" };
  try {
    if (identityOf(path) === undefined) return { ...NOT_LOOKED, state: "missing" };
    const workspace = { ...repository, worktree, path };
    const live = await readLiveState(ctx, workspace);
    const { head_snapshot_id: head } = worktree;
    const from = head === undefined ? null : readDescriptor(repository.repo, head);
    const changed = compareWithLive(workspace, from, live).length;
    const { entries, bytes } = live.tree;
    return { state: changed === 0 ? "clean" : "dirty", changed, entries, bytes };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "E_INTERRUPTED") throw error;
    return { ...NOT_LOOKED, state: "unreadable" };
  }
}
