import type { Loss } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import type { OperationRecord } from "../model/operation.ts";
import type { RestoreIssue, UndoReport } from "../model/reports.ts";
import { type Descriptor, isSnapshotId, type SnapshotId, shortId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { choosePlaceOf } from "../repo/fork-place.ts";
import { readOperationsBackwards } from "../repo/operation-log.ts";
import { hasWorktree, readWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { refuseTakenName } from "./find-worktree.ts";
import { giveWorktreeName } from "./give-worktree-name.ts";
import { lockNames } from "./lock-names.ts";
import { makeWorktree } from "./make-worktree.ts";
import type { Workspace } from "./open-workspace.ts";
import { refuseUnlogged } from "./refuse-unlogged.ts";
import { takeWorktreeAway } from "./take-worktree-away.ts";
import { workspaceOf } from "./workspace-of.ts";
import { makeWorktreePlan } from "./worktree-plan.ts";

/** An operation on a worktree that is to be taken back, or done again. */
export interface WorktreeTurn {
  readonly record: OperationRecord;
  readonly direction: "undo" | "redo";
}

/** What becomes of it: the worktree as it is now, as it will be, and what holds its content. */
interface Wanted {
  readonly before: Worktree | null;
  readonly after: Worktree | null;
  readonly files: SnapshotId | null;
  /** What was gone with the worktree when it was removed. */
  readonly lost: readonly Loss[];
}

/** What was done, in words. */
interface Done {
  readonly effect: string;
  readonly issues?: readonly RestoreIssue[];
}

/**
 * Undoes or redoes the making, removal or renaming of a worktree. The caller holds the lock of the
 * worktree in which it was asked for. What is unsaved in one that goes is kept first.
 *
 * @throws E_NOTHING_TO_UNDO, E_AUDIT_CHAIN_BROKEN, E_EXISTS, E_IN_USE, E_LOCKED, E_NO_SPACE; then nothing has changed
 */
export async function turnWorktree(
  ctx: Context,
  here: Workspace,
  turn: WorktreeTurn,
): Promise<UndoReport> {
  const wanted = readWanted(here, turn);
  const names = [wanted.before?.name, wanted.after?.name].filter((name) => name !== undefined);
  const held = here.worktree.name;
  using _locks = await lockNames(ctx, here, { names, held, command: turn.direction });
  const { effect, issues } = await carryOut(ctx, here, { ...turn, ...wanted });
  const { seq, operation, target, timestamp } = turn.record;
  return {
    ...{ seq, operation, target, timestamp, effect },
    head: here.worktree.head_snapshot_id ?? null,
    ...(issues === undefined || issues.length === 0 ? {} : { worktree_issues: issues }),
  };
}

async function carryOut(
  ctx: Context,
  here: Workspace,
  wanted: WorktreeTurn & Wanted,
): Promise<Done> {
  const { before, after } = wanted;
  if (before !== null) refuseMovedOn(here, wanted, before.name);
  if (before === null) return await bringBack(ctx, here, wanted);
  return after === null
    ? await takeAway(ctx, here, wanted)
    : rename(ctx, here, { ...wanted, before, after });
}

function planFor(
  here: Workspace,
  { record, direction }: WorktreeTurn,
): { operation: "undo" | "redo"; target: string; reason: string; here: string; undoes: number } {
  return {
    operation: direction,
    target: record.target,
    reason: `${record.operation} ${record.target}`,
    here: here.worktree.name,
    undoes: record.seq,
  };
}

async function bringBack(
  ctx: Context,
  here: Workspace,
  wanted: WorktreeTurn & Wanted,
): Promise<Done> {
  const { files } = wanted;
  const after = wanted.after as Worktree;
  refuseTakenName(here.repo, after.name, wanted.direction);
  const place = choosePlaceOf(here.repo, after);
  const content = files === null ? null : contentOf(here, files, wanted);
  const plan = makeWorktreePlan(ctx, { ...planFor(here, wanted), before: null, after, files });
  const work = { repository: here, place, content };
  const refused = await makeWorktree(ctx, { ...plan, after }, work);
  const issues = [...wanted.lost.map(issueOf), ...refused];
  return { effect: `The worktree '${after.name}' is at ${place.workspace} again`, issues };
}

/** What gc has removed cannot be brought back. */
function contentOf({ repo }: Workspace, id: SnapshotId, turn: WorktreeTurn): Descriptor {
  if (hasDescriptor(repo, id)) return readDescriptor(repo, id);
  const { seq, operation } = turn.record;
  throw new JvsError(
    `Cannot ${turn.direction} operation ${seq} (${operation}): snapshot ${shortId(id)} was removed`,
    {
      code: "E_NOTHING_TO_UNDO",
      hint: "gc keeps what was removed for 7 days; `jvs pin add` keeps snapshots for longer",
      details: { seq, snapshot_id: id },
    },
  );
}

function issueOf(loss: Loss): RestoreIssue {
  return { ...loss, kind: "lost" };
}

async function takeAway(
  ctx: Context,
  here: Workspace,
  wanted: WorktreeTurn & Wanted,
): Promise<Done> {
  const { name } = wanted.before as Worktree;
  const { safety_snapshot: safety } = await takeWorktreeAway(ctx, workspaceOf(here, name), {
    force: false,
    plan: planFor(here, wanted),
  });
  const kept = safety === null ? "" : `; its unsaved work is in safety snapshot ${shortId(safety)}`;
  return { effect: `The worktree '${name}' is gone${kept}` };
}

function rename(
  ctx: Context,
  here: Workspace,
  { before, after, ...turn }: WorktreeTurn & { before: Worktree; after: Worktree },
): Done {
  refuseTakenName(here.repo, after.name, turn.direction);
  const plan = planFor(here, turn);
  const isHere = plan.here === before.name;
  giveWorktreeName(ctx, workspaceOf(here, before.name), {
    name: after.name,
    plan: isHere ? { ...plan, here: after.name } : plan,
  });
  return { effect: `The worktree '${before.name}' is called '${after.name}' again` };
}

/** The last thing that was done about it, the other way round: the worktree may have moved on before that. */
function readWanted(here: Workspace, { record }: WorktreeTurn): Wanted {
  const source = newestAbout(here, record);
  const moves = Object.entries(source.refs);
  const parse = (side: 0 | 1): Worktree | null => {
    const found = moves.find(([key, move]) => key.endsWith("/worktree") && move[side] !== null);
    return found === undefined ? null : (JSON.parse(found[1][side] as string) as Worktree);
  };
  const files = moves.find(([key]) => key.endsWith("/files"))?.[1].find((id) => id !== null);
  const id = typeof files === "string" && isSnapshotId(files) ? files : null;
  const lost = moves.find(([key]) => key.endsWith("/lost"))?.[1][0] ?? "[]";
  return { before: parse(1), after: parse(0), files: id, lost: JSON.parse(lost) as Loss[] };
}

/** The newest undo or redo of the operation, or itself. */
function newestAbout({ repo }: Workspace, operation: OperationRecord): OperationRecord {
  for (const record of readOperationsBackwards(repo)) {
    if (record.seq === operation.seq) break;
    if (record.refs.undoes?.[1] === String(operation.seq)) return record;
  }
  return operation;
}

/** What is to go, or to get another name, is what the log tells of, and where it left it. */
function refuseMovedOn({ repo }: Workspace, turn: WorktreeTurn, name: string): void {
  if (!hasWorktree(repo, name)) throw movedOn(turn, name);
  for (const { refs } of readOperationsBackwards(repo)) {
    const head = refs[`${name}/head`];
    if (head === undefined) continue;
    const [, latest] = refs[`${name}/latest`] ?? head;
    refuseUnlogged(readWorktree(repo, name), { ...turn, head: head[1], latest });
    return;
  }
}

function movedOn({ record, direction }: WorktreeTurn, name: string): JvsError {
  return new JvsError(
    `Cannot ${direction} operation ${record.seq} (${record.operation}): there is no worktree '${name}' any more`,
    {
      code: "E_NOTHING_TO_UNDO",
      hint: "`jvs operations` lists what was done to it, and from which worktree",
      details: { seq: record.seq, name },
    },
  );
}
