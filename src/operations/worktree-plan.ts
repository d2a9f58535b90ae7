import type { Loss } from "../model/entry.ts";
import type { Actor, RefMove } from "../model/operation.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { appendOperation } from "../repo/operation-log.ts";
import type { Repo } from "../repo/repo.ts";
import { renameIndex } from "../repo/worktree-folder.ts";
import { hasWorktree, removeWorktree, writeWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { newId } from "./new-id.ts";

/** What is about to happen to the worktrees themselves: enough to finish it after a crash. */
export interface WorktreePlan {
  /** Names the intent, the folder beside the workspace, and the line in the log. */
  readonly id: string;
  readonly operation: WorktreeOperation | "undo" | "redo";
  readonly target: string;
  readonly reason: string;
  /** The record as it was: null for a worktree that is made. */
  readonly before: Worktree | null;
  /** The record as it will be: null for a worktree that is removed. */
  readonly after: Worktree | null;
  /** The snapshot that holds the content of the worktree that is made or removed; null: it is empty. */
  readonly files: SnapshotId | null;
  /** The worktree whose `undo` takes it back: the one in which the command was given. */
  readonly here: string;
  /** For undo and redo: the operation it is about. */
  readonly undoes?: number;
  readonly actor: Actor;
  /** For a worktree that is made: the folder once it is complete, see identityOf. */
  readonly folder?: string;
  /** For a worktree that is removed: its content is kept, and there is no way back. */
  readonly isDecided?: boolean;
  /** For a worktree that is removed: what no snapshot holds and is gone with it. */
  readonly lost?: readonly Loss[];
}

export type WorktreeOperation = "fork" | "worktree-create" | "worktree-remove" | "worktree-rename";

/** A plan without what every plan has. */
export type NewWorktreePlan = Omit<WorktreePlan, "id" | "actor" | "reason"> & { reason?: string };

/** Gives a plan its id. */
export function makeWorktreePlan(ctx: Context, plan: NewWorktreePlan): WorktreePlan {
  const id = newId(ctx);
  return { reason: "", ...plan, id, actor: ctx.actor };
}

/** The names of the worktrees that a plan is about: one, or two for a rename. */
export function namesOf({ before, after }: Pick<WorktreePlan, "before" | "after">): string[] {
  return [...new Set([before?.name, after?.name].filter((name) => name !== undefined))].sort();
}

/**
 * The last steps, which may be done twice: the records change, the log tells of it. A record that is
 * there already stays: it may have moved on.
 */
export function finishWorktreePlan(repo: Repo, plan: WorktreePlan): void {
  const { before, after } = plan;
  if (after !== null && !hasWorktree(repo, after.name)) writeWorktree(repo, after);
  if (before !== null && before.name !== after?.name) {
    if (after !== null) renameIndex(repo, before.name, after.name);
    removeWorktree(repo, before.name);
  }
  appendOperation(repo, {
    operation: plan.operation,
    actor: plan.actor,
    target: plan.target,
    reason: plan.reason,
    refs: refsOf(plan),
    now: new Date(),
    event_id: plan.id,
  });
}

/** `<here>/worktrees` puts it on the stack of what `undo` takes back there. */
function refsOf(plan: WorktreePlan): Record<string, RefMove> {
  const { here, before, after, undoes } = plan;
  const refs: Record<string, RefMove> = {
    [`${here}/worktrees`]: [before?.name ?? null, after?.name ?? null],
  };
  for (const name of namesOf(plan)) Object.assign(refs, refsOfName(name, plan));
  return undoes === undefined ? refs : { ...refs, undoes: [null, String(undoes)] };
}

function refsOfName(
  name: string,
  { before, after, files, lost = [] }: WorktreePlan,
): Record<string, RefMove> {
  const sides = [before, after].map((side) => (side?.name === name ? side : null));
  const move = (pick: (worktree: Worktree) => string | null | undefined): RefMove => {
    const [old = null, now = null] = sides.map((side) => (side && pick(side)) ?? null);
    return [old, now];
  };
  const refs = {
    [`${name}/worktree`]: move((worktree) => JSON.stringify(worktree)),
    [`${name}/head`]: move((worktree) => worktree.head_snapshot_id),
    [`${name}/latest`]: move((worktree) => worktree.latest_snapshot_id),
  };
  if (before !== null && after !== null) return refs;
  const gone: Record<string, RefMove> =
    lost.length === 0 ? {} : { [`${name}/lost`]: [JSON.stringify(lost), null] };
  return { ...refs, [`${name}/files`]: move(() => files), ...gone };
}
