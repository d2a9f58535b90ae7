import type { Repair, RepairAction, RepairId } from "../../model/doctor-report.ts";
import type { ObjectId } from "../../model/entry.ts";
import { clearCache } from "../../repo/clear-cache.ts";
import { endSweep, hasSoundGeneration } from "../../repo/generation.ts";
import { repairLayout } from "../../repo/inspect-layout.ts";
import { clearDeadLocks } from "../../repo/inspect-locks.ts";
import { workspacePath } from "../../repo/layout.ts";
import { lockRepository, lockStore } from "../../repo/lock.ts";
import { faultOfPlace } from "../../repo/owned-workspace.ts";
import { hasWorkspaceFolder } from "../../repo/workspace-folder.ts";
import { rebuildIndex } from "../../store/check-packs.ts";
import type { HealingGoal } from "../../store/heal-objects.ts";
import { replacePack } from "../../store/replace-pack.ts";
import { readLiveState } from "../live-state.ts";
import { chooseAll, verifyRepository } from "../verify-snapshots.ts";
import { cleanPending } from "./clean-pending.ts";
import type { Exam } from "./exam.ts";
import type { Diagnosis } from "./examine.ts";
import { healObjects } from "./heal-objects.ts";

/** Everything that can be repaired, in the order in which it is. */
export const REPAIRS: readonly RepairAction[] = [
  { id: "clean_tmp", description: "clear away what killed commands left half-made" },
  { id: "clean_intents", description: "finish, or take back, what killed commands had begun" },
  { id: "clean_locks", description: "wipe the names of dead processes out of lock files" },
  { id: "restore_layout", description: "make missing folders and fixed files of .jvs anew" },
  { id: "rebuild_indexes", description: "make indexes of packs anew from the packs" },
  { id: "heal_objects", description: "store lost content anew from workspaces that still hold it" },
  {
    id: "replace_packs",
    description: "take damaged packs and large files that nothing needs out of the store",
  },
  { id: "rebuild_cache", description: "make everything in cache/ anew" },
].map((action) => ({ ...action, id: action.id as RepairId, auto_safe: true }));

/** Makes every repair that is safe. The caller tells of it in the log. */
export async function repairAll(exam: Exam, diagnosis: Diagnosis): Promise<Repair[]> {
  const { layout } = exam.repo;
  const mended = repairLayout(layout);
  const cleaned = await cleanPending(exam);
  const locks = clearDeadLocks(layout);
  return [
    ...cleaned,
    ...told("clean_locks", locks, `wiped ${locks} lock files`),
    ...told("restore_layout", mended.length, `made anew: ${mended.join(", ")}`),
    ...(await repairStore(exam, diagnosis)),
    ...(await rebuildCache(exam)),
  ];
}

/** While nobody else adds to the store, or takes from it. */
async function repairStore(
  exam: Exam,
  { packs, lost, damagedFiles }: Diagnosis,
): Promise<Repair[]> {
  const { repo, ctx, store } = exam;
  const damaged = packs.filter(({ problems }) => problems.length > 0);
  const unindexed = packs.filter(({ index }) => index !== "intact");
  const suspects = [lost.size, damaged.length, unindexed.length, damagedFiles.length];
  if (suspects.every((count) => count === 0)) return [];
  const { actor, progress, lockTimeout: timeoutMs } = ctx;
  const options = { actor, progress, command: "doctor", timeoutMs };
  using _packs = await lockRepository(repo, "packs", options);
  using _store = await lockStore(repo, "exclusive", options);
  const rebuilt = unindexed.filter(rebuildIndex).length;
  const { healed, stillLost } = await healAll(exam, { lost, widely: damagedFiles.length > 0 });
  let replaced = 0;
  for (const { path, index } of damaged) {
    // Without a sound index nobody knows what the pack held: it stays as long as something is missing.
    if (stillLost.size > 0 && index !== "intact") continue;
    if (await replacePack(repo.layout.objects, { path, needed: stillLost, progress })) replaced++;
  }
  // What is needed and stored nowhere else stays, as evidence.
  const useless = damagedFiles.filter(({ id, isNeeded }) => !(isNeeded && stillLost.has(id)));
  const removed = new Set(useless.map(({ id }) => id));
  for (const id of removed) store.removeFile(id);
  store.refresh();
  return [
    ...told("rebuild_indexes", rebuilt, `made ${rebuilt} indexes anew`),
    ...told("heal_objects", healed, `stored ${healed} lost objects anew, from workspaces`),
    ...told("replace_packs", replaced, `put new packs in place of ${replaced} damaged ones`),
    ...told(
      "replace_packs",
      removed.size,
      `took ${removed.size} damaged large files out of the store`,
    ),
  ];
}

/**
 * What is below a folder, or part of a file, shows only once that is healed: so again, while it
 * helps. What lay in a file of its own comes back in chunks that nobody may have stored before.
 */
async function healAll(
  exam: Exam,
  { lost, widely }: HealingGoal,
): Promise<{ healed: number; stillLost: ReadonlySet<ObjectId> }> {
  let healed = 0;
  let stillLost = lost;
  while (stillLost.size > 0) {
    const found = await healObjects(exam, { lost: stillLost, widely: widely || healed > 0 });
    if (found === 0) break;
    healed += found;
    exam.store.refresh();
    stillLost = new Set(await listLost(exam));
  }
  return { healed, stillLost };
}

async function listLost(exam: Exam): Promise<readonly ObjectId[]> {
  const query = { all: true, quick: false, progress: exam.ctx.progress };
  return (await verifyRepository(exam, chooseAll(exam), query)).lost;
}

/** Names what is in every workspace anew. */
async function rebuildCache({ ctx, repo, store, worktrees }: Exam): Promise<Repair[]> {
  if (!hasSoundGeneration(repo)) {
    const { actor, progress, lockTimeout: timeoutMs } = ctx;
    const options = { actor, progress, command: "doctor", timeoutMs };
    using _store = await lockStore(repo, "exclusive", options);
    endSweep(repo);
  }
  clearCache(repo);
  let count = 0;
  for (const worktree of worktrees.worktrees) {
    const path = workspacePath(repo.layout, worktree.path);
    if (faultOfPlace(repo, worktree) !== undefined || !hasWorkspaceFolder(path)) continue;
    await readLiveState(ctx, { repo, store, worktree, path });
    count++;
  }
  return told("rebuild_cache", count, `made the caches of ${count} workspaces anew`);
}

function told(id: RepairId, count: number, done: string): Repair[] {
  return count === 0 ? [] : [{ id, done, count }];
}
