import { JvsError } from "../model/errors.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import type { WorktreeMade } from "../model/worktree-reports.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { chooseForkPlace, type ForkPlace } from "../repo/fork-place.ts";
import type { Context } from "./context.ts";
import { refuseTakenName } from "./find-worktree.ts";
import { lockNames } from "./lock-names.ts";
import { makeWorktree } from "./make-worktree.ts";
import type { Repository } from "./open-workspace.ts";
import { makeWorktreePlan, type WorktreeOperation } from "./worktree-plan.ts";

/** A worktree that is wanted. */
export interface NewWorktree {
  readonly name: string;
  readonly path: string | undefined;
  readonly content: Descriptor | null;
  readonly here: string;
  readonly operation: WorktreeOperation;
}

/**
 * Makes it, under the lock of its name.
 *
 * @throws E_EXISTS, E_LOCKED and what {@link makeWorktree} and {@link chooseForkPlace} throw
 */
export async function makeNewWorktree(
  ctx: Context,
  repository: Repository,
  wanted: NewWorktree,
): Promise<WorktreeMade> {
  const { name, path, content, here, operation } = wanted;
  const { repo } = repository;
  const command = operation === "fork" ? "fork worktree" : "create worktree";
  using _locks = await lockNames(ctx, repository, { names: [name], command });
  refuseTakenName(repo, name, command);
  // Read again: it may have been swept before we had a share in the store.
  if (content !== null) readDescriptor(repo, content.snapshot_id);
  const place = chooseForkPlace(repo, name, path === undefined ? undefined : absolute(ctx, path));
  const after = recordOf(ctx, place, { name, content });
  const id = content?.snapshot_id ?? null;
  const plan = makeWorktreePlan(ctx, {
    operation,
    target: name,
    reason: id ?? "",
    before: null,
    after,
    files: id,
    here,
  });
  const issues = await makeWorktree(ctx, { ...plan, after }, { repository, place, content });
  return { worktree: after, path: place.workspace, from: id, issues };
}

function absolute({ cwd }: Context, path: string): string {
  if (!path.isWellFormed()) throw notUtf8(path);
  if (path !== "") return path.startsWith("/") ? path : `${cwd}/${path}`;
  throw new JvsError("Cannot make a worktree: --path is empty", {
    code: "E_USAGE",
    hint: "Name a new folder, or leave --path out for the usual place",
  });
}

/** Bytes that are no UTF-8 come as lone surrogates; a record, which is JSON, cannot hold them. */
function notUtf8(path: string): JvsError {
  const shown = path.toWellFormed();
  return new JvsError(`Cannot make a worktree at "${shown}": the path is not UTF-8`, {
    code: "E_NAME_INVALID",
    hint: "Choose another place with --path, or leave it out",
    details: { path: shown },
  });
}

function recordOf(
  ctx: Context,
  { path }: ForkPlace,
  { name, content }: Pick<NewWorktree, "name" | "content">,
): Worktree {
  const created_at = ctx.now().toISOString();
  if (content === null) return { name, path, created_at };
  const id = content.snapshot_id;
  const ids = { base_snapshot_id: id, head_snapshot_id: id, latest_snapshot_id: id };
  return { name, path, ...ids, created_at };
}
