import type { Descriptor } from "../../model/snapshot.ts";
import { readDescriptor } from "../../repo/descriptors.ts";
import { locateWorktree } from "../../repo/locate-worktree.ts";
import { lockRepository } from "../../repo/lock.ts";
import { ownedWorkspace } from "../../repo/owned-workspace.ts";
import { findPin, type Pin } from "../../repo/pins.ts";
import { readWorktree } from "../../repo/worktrees.ts";
import type { Context } from "../context.ts";
import { type LockedWorkspace, lockOpened } from "../lock-workspace.ts";
import { newId } from "../new-id.ts";
import { openRepository, type Repository, type Workspace } from "../open-workspace.ts";
import { resolveRef } from "../resolve-ref.ts";
import { carryOutEdit, type Edit } from "./carry-out-edit.ts";

/** What is to be said of which snapshot. */
export interface EditRequest {
  readonly ref: string;
  readonly operation: "note" | "tag" | "pin";
  readonly reason: string;
  /** Told what there is, says what is to be: see {@link Edit}. */
  plan(descriptor: Descriptor, pin: Pin | undefined): Pick<Edit, "about" | "before" | "after">;
}

export interface EditReport {
  /** As it is now. */
  readonly descriptor: Descriptor;
  readonly pin: Pin | undefined;
  /** It was so before. */
  readonly unchanged: boolean;
}

/**
 * Says something else of a snapshot. Its id, its content and its place in the history stay.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_LOCKED, and what `plan` throws
 */
export async function editSnapshot(ctx: Context, request: EditRequest): Promise<EditReport> {
  using locked = await lockAnyWorkspace(ctx, request.operation);
  const { repo, worktree } = locked.workspace;
  using _edits = await lockEdits(ctx, locked.workspace);
  const here = locateWorktree(repo, ctx.cwd)?.worktree;
  const descriptor = resolveRef({ repo, worktree: here, now: ctx.now() }, request.ref);
  const id = descriptor.snapshot_id;
  const pin = findPin(repo, id);
  const planned = request.plan(descriptor, pin);
  if (planned.before === planned.after) return { descriptor, pin, unchanged: true };
  carryOutEdit(repo, {
    id: newId(ctx),
    operation: request.operation,
    worktree: worktree.name,
    edit: { ...planned, snapshot: id },
    reason: request.reason,
    undoes: null,
    actor: ctx.actor,
    now: ctx.now().toISOString(),
  });
  return { descriptor: readDescriptor(repo, id), pin: findPin(repo, id), unchanged: false };
}

/** Two worktrees may speak of one snapshot: this keeps them apart. Undo takes it too. */
export function lockEdits(ctx: Context, { repo }: Repository): ReturnType<typeof lockRepository> {
  const { actor, progress, lockTimeout: timeoutMs } = ctx;
  return lockRepository(repo, "edits", { actor, progress, timeoutMs, command: "jvs note" });
}

/** Where the user stands; outside of every workspace it is `main` whose `undo` takes the edit back. */
function lockAnyWorkspace(ctx: Context, command: string): Promise<LockedWorkspace> {
  const repository = openRepository(ctx);
  return lockOpened(ctx, chooseWorkspace(ctx, repository), command);
}

function chooseWorkspace(ctx: Context, repository: Repository): Workspace {
  const { repo } = repository;
  const found = locateWorktree(repo, ctx.cwd);
  if (found !== undefined)
    return { ...repository, worktree: found.worktree, path: found.workspace };
  const worktree = readWorktree(repo, "main");
  return { ...repository, worktree, path: ownedWorkspace(repo, worktree) };
}
