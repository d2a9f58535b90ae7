import { JvsError } from "../../model/errors.ts";
import { listDrafts, removeDraft } from "../../repo/drafts.ts";
import { listIntents } from "../../repo/intents.ts";
import { workspacePath } from "../../repo/layout.ts";
import { lockWorktree } from "../../repo/lock.ts";
import { faultOfPlace } from "../../repo/owned-workspace.ts";
import { listWorktrees } from "../../repo/worktrees.ts";
import type { Context } from "../context.ts";
import { lockOpened } from "../lock-workspace.ts";
import type { Repository } from "../open-workspace.ts";
import { clearStrayPayloads } from "./payloads.ts";

/**
 * Finishes or clears what killed commands left in any worktree; what is under way is left alone. Drafts
 * of worktrees that are gone go with them.
 */
export async function clearLeftovers(ctx: Context, repository: Repository): Promise<void> {
  const { repo } = repository;
  const known = new Map(listWorktrees(repo).worktrees.map((one) => [one.name, one]));
  const names = new Set([...listIntents(repo), ...listDrafts(repo)].map((one) => one.worktree));
  for (const name of names) {
    const worktree = known.get(name);
    await unlessLocked(async () => {
      if (worktree === undefined) return await clearDrafts(ctx, repository, name);
      if (faultOfPlace(repo, worktree) !== undefined) return; // Nobody can finish anything there.
      const path = workspacePath(repo.layout, worktree.path);
      const once = { ...ctx, lockTimeout: 0 };
      (await lockOpened(once, { ...repository, worktree, path }, "gc run"))[Symbol.dispose]();
    });
  }
  await clearStrayPayloads(repo);
}

async function clearDrafts(ctx: Context, { repo }: Repository, worktree: string): Promise<void> {
  using _lock = await lockWorktree(repo, worktree, {
    actor: ctx.actor,
    command: "jvs gc run",
    timeoutMs: 0,
  });
  for (const draft of listDrafts(repo)) if (draft.worktree === worktree) removeDraft(draft.path);
}

async function unlessLocked(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof JvsError) || error.code !== "E_LOCKED") throw error;
  }
}
