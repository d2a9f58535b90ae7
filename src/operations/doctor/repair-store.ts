import type { RepairId } from "../../model/doctor-report.ts";
import type { ObjectId } from "../../model/entry.ts";
import { lockRepository, lockStore } from "../../repo/lock.ts";
import { type PackCheck, rebuildIndex } from "../../store/check-packs.ts";
import type { HealingGoal } from "../../store/heal-objects.ts";
import { replacePack } from "../../store/replace-pack.ts";
import { salvagePacks } from "../../store/salvage-packs.ts";
import { chooseAll, verifyRepository } from "../verify-snapshots.ts";
import type { Exam } from "./exam.ts";
import type { Diagnosis } from "./examine.ts";
import { healObjects } from "./heal-objects.ts";
import { mendFolders } from "./mend-folders.ts";
import type { RepairNotes } from "./repair-notes.ts";

const OURS: ReadonlySet<string> = new Set<RepairId>([
  "rebuild_indexes",
  "heal_objects",
  "replace_packs",
]);

/** While nobody else adds to the store, or takes from it. */
export async function repairStore(
  exam: Exam,
  { packs, lost, damagedFiles, damagedFolders, findings }: Diagnosis,
  done: RepairNotes,
): Promise<void> {
  if (!findings.some(({ repair = "" }) => OURS.has(repair))) return;
  const { repo, ctx, store } = exam;
  const damaged = packs.filter(({ problems }) => problems.length > 0);
  const unindexed = packs.filter(({ index }) => index !== "intact");
  const { actor, progress, lockTimeout: timeoutMs } = ctx;
  const options = { actor, progress, command: "doctor", timeoutMs };
  using _packs = await lockRepository(repo, "packs", options);
  using _store = await lockStore(repo, "exclusive", options);
  const rebuilt = unindexed.filter(rebuildIndex).length;
  done.add("rebuild_indexes", rebuilt, `made ${rebuilt} indexes anew`);
  const missing = await salvage(exam, { damaged, lost }, done);
  const stillLost = await healAll(exam, { lost: missing, widely: damagedFiles.length > 0 }, done);
  const mended = await mendFolders(exam, damagedFolders);
  done.add("heal_objects", mended, `put ${mended} entries right in folders of snapshots`);
  const replaced = await replaceAll(exam, damaged, stillLost);
  const removed = removeFiles(exam, damagedFiles, stillLost);
  store.refresh();
  done.add("replace_packs", replaced, `put new packs in place of ${replaced} damaged ones`);
  done.add("replace_packs", removed, `took ${removed} damaged large files out of the store`);
}

/** What is needed and stored nowhere else stays, as evidence. */
function removeFiles(
  { store }: Exam,
  damaged: Diagnosis["damagedFiles"],
  stillLost: ReadonlySet<ObjectId>,
): number {
  const useless = damaged.filter(({ id, isNeeded }) => !(isNeeded && stillLost.has(id)));
  const removed = new Set(useless.map(({ id }) => id));
  for (const id of removed) store.removeFile(id);
  return removed.size;
}

async function replaceAll(
  { repo, ctx: { progress } }: Exam,
  damaged: readonly PackCheck[],
  needed: ReadonlySet<ObjectId>,
): Promise<number> {
  let replaced = 0;
  for (const { path, index } of damaged) {
    // Without a sound index nobody knows what the pack held: it stays as long as something is missing.
    if (needed.size > 0 && index !== "intact") continue;
    if (await replacePack(repo.layout.objects, { path, needed, progress })) replaced++;
  }
  return replaced;
}

/** What is lost to readers may lie in a damaged pack all the same. What is still lost. */
async function salvage(
  exam: Exam,
  { damaged, lost }: { damaged: readonly PackCheck[]; lost: ReadonlySet<ObjectId> },
  done: RepairNotes,
): Promise<ReadonlySet<ObjectId>> {
  if (lost.size === 0) return lost;
  const paths = damaged.map(({ path }) => path);
  const salvaged = salvagePacks(exam.repo.layout.objects, paths, lost);
  done.add("heal_objects", salvaged, `found ${salvaged} lost objects in damaged packs`);
  if (salvaged === 0) return lost;
  exam.store.refresh();
  return await listLost(exam);
}

/**
 * What is below a folder, or part of a file, shows only once that is healed: so again, while there is
 * something that was not looked for. What lay in a file of its own comes back in chunks that nobody
 * may have stored before. Returns what is still lost.
 */
async function healAll(
  exam: Exam,
  { lost, widely }: Pick<HealingGoal, "lost" | "widely">,
  done: RepairNotes,
): Promise<ReadonlySet<ObjectId>> {
  const sought = new Set<ObjectId>();
  const healed = new Set<ObjectId>();
  let stillLost = lost;
  try {
    for (;;) {
      const fresh = [...stillLost].filter((id) => !sought.has(id));
      if (fresh.length === 0) return stillLost;
      for (const id of fresh) sought.add(id);
      const goal = { lost: new Set(fresh), widely: widely || healed.size > 0, healed };
      if ((await healObjects(exam, goal)) === 0) return stillLost;
      exam.store.refresh();
      stillLost = await listLost(exam);
    }
  } finally {
    const { size } = healed;
    done.add("heal_objects", size, `stored ${size} lost objects anew, from workspaces`);
  }
}

async function listLost(exam: Exam): Promise<ReadonlySet<ObjectId>> {
  const query = { all: true, quick: false, progress: exam.ctx.progress };
  return new Set((await verifyRepository(exam, chooseAll(exam), query)).lost);
}
