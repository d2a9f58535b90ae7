import type { Repair } from "../../model/doctor-report.ts";
import { type Draft, listDrafts, removeDraft } from "../../repo/drafts.ts";
import { listIntents, removeIntent } from "../../repo/intents.ts";
import { isWorktreeLocked } from "../../repo/is-locked.ts";
import { isLocked, lockRepository, lockStore, lockWorktree } from "../../repo/lock.ts";
import type { Repo } from "../../repo/repo.ts";
import { removeStrayPackFiles } from "../../store/check-packs.ts";
import type { Context } from "../context.ts";
import { clearStrayPayloads } from "../gc/payloads.ts";
import { lockOpened } from "../lock-workspace.ts";
import type { Exam } from "./exam.ts";
import { listUsableWorktrees } from "./usable-worktrees.ts";

/**
 * Finishes or clears away what killed commands left. What a living process is at is left alone: it
 * holds a lock.
 */
export async function cleanPending(exam: Exam): Promise<Repair[]> {
  const { repo } = exam;
  const ctx: Context = { ...exam.ctx, lockTimeout: 0 };
  const gone: Left = { drafts: 0, intents: 0 };
  for (const { worktree, path } of listUsableWorktrees(exam)) {
    if (isWorktreeLocked(repo, worktree.name)) continue;
    // It finishes what was left before it gives us the lock.
    await counting(repo, gone, () => lockOpened(ctx, { ...exam, worktree, path }, "doctor"));
  }
  await counting(repo, gone, () => clearOrphans(exam, ctx));
  const strays = (await unlessLocked(() => clearStrays(exam, ctx))) ?? 0;
  const tmp = gone.drafts + strays;
  return [
    { id: "clean_tmp", done: `cleaned ${tmp} tmp files/directories`, count: tmp },
    {
      id: "clean_intents",
      done: `cleaned ${gone.intents} orphan intent files`,
      count: gone.intents,
    },
  ];
}

/** What was left and is gone now. */
interface Left {
  drafts: number;
  intents: number;
}

/** Counts what goes while we clean; what others put there, or take away, meanwhile is theirs. */
async function counting(
  repo: Repo,
  gone: Left,
  clean: () => Promise<Disposable | undefined>,
): Promise<void> {
  const drafts = listDrafts(repo).map(({ path }) => path);
  const intents = listIntents(repo).map(({ id }) => id);
  await unlessLocked(async () => {
    using _held = await clean();
    const leftDrafts = new Set(listDrafts(repo).map(({ path }) => path));
    const leftIntents = new Set(listIntents(repo).map(({ id }) => id));
    gone.drafts += drafts.filter((path) => !leftDrafts.has(path)).length;
    gone.intents += intents.filter((id) => !leftIntents.has(id)).length;
  });
}

/** What was left in worktrees that are gone. */
async function clearOrphans({ repo, worktrees }: Exam, ctx: Context): Promise<undefined> {
  const known = new Set([...worktrees.worktrees, ...worktrees.unreadable].map(({ name }) => name));
  const left = [...listIntents(repo), ...listDrafts(repo)].map(({ worktree }) => worktree);
  for (const name of new Set(left.filter((one) => !known.has(one)))) {
    using _lock = await lockWorktree(repo, name, optionsOf(ctx));
    clearOrphansOf(repo, name);
  }
}

/** An interrupted restore may hold work in its draft: both stay. */
function clearOrphansOf(repo: Repo, name: string): void {
  const intents = listIntents(repo).filter(({ worktree }) => worktree === name);
  if (intents.some(({ kind }) => kind !== "snapshot")) return;
  for (const intent of intents) removeIntent(repo, intent);
  for (const draft of draftsOf(repo, name)) removeDraft(draft.path);
}

function draftsOf(repo: Repo, name: string): Draft[] {
  return listDrafts(repo).filter(({ worktree }) => worktree === name);
}

async function clearStrays({ repo }: Exam, ctx: Context): Promise<number> {
  using _packs = await lockRepository(repo, "packs", optionsOf(ctx));
  using _store = await lockStore(repo, "exclusive", optionsOf(ctx));
  return removeStrayPackFiles(repo.layout.objects) + (await clearStrayPayloads(repo));
}

/** How the repairs lock: not at all waiting for those at work. */
function optionsOf({ actor, progress }: Context): Parameters<typeof lockWorktree>[2] {
  return { actor, progress, command: "doctor", timeoutMs: 0 };
}

async function unlessLocked<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isLocked(error)) return undefined;
    throw error;
  }
}
