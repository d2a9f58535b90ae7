import type { RepairAction, RepairId } from "../../model/doctor-report.ts";
import { clearCache } from "../../repo/clear-cache.ts";
import { endSweep, hasSoundGeneration } from "../../repo/generation.ts";
import { repairLayout } from "../../repo/inspect-layout.ts";
import { clearDeadLocks } from "../../repo/inspect-locks.ts";
import { lockStore } from "../../repo/lock.ts";
import { sealRepoRecord } from "../../repo/repo-record.ts";
import { hasWorkspaceFolder } from "../../repo/workspace-folder.ts";
import { readLiveState } from "../live-state.ts";
import { acknowledgeLog } from "./acknowledge-log.ts";
import { cleanPending } from "./clean-pending.ts";
import type { Exam } from "./exam.ts";
import type { Diagnosis } from "./examine.ts";
import type { RepairNotes } from "./repair-notes.ts";
import { repairStore } from "./repair-store.ts";
import { restoreRecords } from "./restore-records.ts";
import { listUsableWorktrees } from "./usable-worktrees.ts";

/** Everything that can be repaired, in the order in which it is. */
export const REPAIRS: readonly RepairAction[] = [
  { id: "clean_tmp", description: "clear away what killed commands left half-made" },
  { id: "clean_intents", description: "finish, or take back, what killed commands had begun" },
  { id: "clean_locks", description: "wipe the names of dead processes out of lock files" },
  { id: "restore_layout", description: "make missing folders and fixed files of .jvs anew" },
  {
    id: "restore_records",
    description: "make lost records of worktrees, pins and removed snapshots anew from the log",
  },
  { id: "seal_records", description: "add the checksum to a repo.json that somebody edited" },
  { id: "rebuild_indexes", description: "make indexes of packs anew from the packs" },
  { id: "heal_objects", description: "store lost content anew from workspaces that still hold it" },
  {
    id: "replace_packs",
    description: "take damaged packs and large files that nothing needs out of the store",
  },
  {
    id: "acknowledge_log",
    description: "say in the log what is wrong with it, so that it is known",
  },
  { id: "rebuild_cache", description: "make everything in cache/ anew" },
].map((action) => ({ ...action, id: action.id as RepairId, auto_safe: true }));

/**
 * Makes every repair that is safe, and notes each in `done`, also when it is stopped half-way. The
 * caller tells of it in the log.
 */
export async function repairAll(
  exam: Exam,
  diagnosis: Diagnosis,
  done: RepairNotes,
): Promise<void> {
  const { layout } = exam.repo;
  const mended = repairLayout(layout);
  done.made.push(...(await cleanPending(exam)));
  const locks = clearDeadLocks(layout);
  done.add("clean_locks", locks, `wiped ${locks} lock files`);
  done.add("restore_layout", mended.length, `made anew: ${mended.join(", ")}`);
  await restoreRecords(exam, done);
  const sealed = isMeant(diagnosis) && sealRepoRecord(exam.repo) ? 1 : 0;
  done.add("seal_records", sealed, "added its checksum to repo.json");
  await repairStore(exam, diagnosis, done);
  acknowledgeLog(exam, done);
  await rebuildCache(exam, done);
}

/** What somebody wrote into repo.json is understood: only then it is as it should be. */
function isMeant({ findings }: Diagnosis): boolean {
  const isBroken = findings.some(({ code }) => /^(retention|limits)-broken$/.test(code));
  return !isBroken && findings.some(({ repair }) => repair === "seal_records");
}

/** Names what is in every workspace anew. */
async function rebuildCache(exam: Exam, done: RepairNotes): Promise<void> {
  const { ctx, repo, store } = exam;
  if (!hasSoundGeneration(repo)) {
    const { actor, progress, lockTimeout: timeoutMs } = ctx;
    const options = { actor, progress, command: "doctor", timeoutMs };
    using _store = await lockStore(repo, "exclusive", options);
    endSweep(repo);
  }
  clearCache(repo);
  let count = 0;
  for (const { worktree, path } of listUsableWorktrees(exam)) {
    if (!hasWorkspaceFolder(path)) continue;
    await readLiveState(ctx, { repo, store, worktree, path });
    count++;
  }
  done.add("rebuild_cache", count, `made the caches of ${count} workspaces anew`);
}
