import type { WorktreeMade } from "../model/worktree-reports.ts";
import { checkName } from "../repo/names.ts";
import type { Context } from "./context.ts";
import { findHere, MAIN } from "./find-worktree.ts";
import { makeNewWorktree } from "./make-new-worktree.ts";
import { openRepository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { withSealed } from "./seal/seal-pending.ts";

export interface CreateWorktreeOptions {
  readonly name: string;
  /** The snapshot that it starts with; undefined: an empty folder. */
  readonly from?: string;
  /** Where, instead of the usual place. Absolute, or from the current folder. */
  readonly path?: string;
}

/**
 * Makes a worktree, empty or with the content of a snapshot.
 *
 * @throws E_NO_REPOSITORY, E_NAME_INVALID, E_EXISTS, E_NOT_FOUND, E_AMBIGUOUS, E_NO_SPACE, E_LOCKED
 */
export function createWorktree(
  ctx: Context,
  options: CreateWorktreeOptions,
): Promise<WorktreeMade> {
  const work = (): Promise<WorktreeMade> => create(ctx, options);
  return options.from === undefined ? work() : withSealed(ctx, work);
}

async function create(
  ctx: Context,
  { name, from, path }: CreateWorktreeOptions,
): Promise<WorktreeMade> {
  const repository = openRepository(ctx);
  const { repo } = repository;
  const here = findHere(repo, ctx);
  const checked = checkName("worktree", name);
  const content =
    from === undefined ? null : resolveRef({ repo, worktree: here, now: ctx.now() }, from);
  return await makeNewWorktree(ctx, repository, {
    name: checked,
    path,
    content,
    here: here?.name ?? MAIN,
    operation: "worktree-create",
  });
}
