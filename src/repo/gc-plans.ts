import { rmSync, statSync } from "node:fs";
import { createFile } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import type { GcPlan } from "../model/gc-reports.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { formatJson, notUnderstood, readJsonObject } from "./json-object.ts";
import { gcPlanPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

const DAY_MS = 86_400_000;
/** Nobody runs an older plan. */
const FORGET_AFTER_MS = 7 * DAY_MS;

/** Keeps the plan, and forgets old ones. */
export function writeGcPlan(repo: Repo, plan: GcPlan, now: Date): void {
  const { layout } = repo;
  const path = gcPlanPath(layout, plan.plan_id);
  withFolderOf(path, () => createFile(path, formatJson(plan), { sync: false }));
  for (const file of listFolderIfAny(layout.gcPlans)) {
    const old = `${layout.gcPlans}/${file}`;
    const written = statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime();
    if (now.getTime() - written > FORGET_AFTER_MS) rmSync(old, { recursive: true, force: true });
  }
}

/**
 * @throws E_NAME_INVALID for what is no plan id, E_NOT_FOUND, E_CONFIG when its file is garbled,
 *   E_GC_PLAN_MISMATCH when it is of another repository
 */
export function readGcPlan({ layout, record: { repo_id } }: Repo, planId: string): GcPlan {
  const path = gcPlanPath(layout, planId);
  const record = readJsonObject(path);
  if (record === undefined)
    throw new JvsError(`run gc: load plan: there is no plan ${planId}`, {
      code: "E_NOT_FOUND",
      hint: "`jvs gc plan` makes a plan; one that was run, or is a week old, is gone",
      details: { plan_id: planId },
    });
  const { plan_id, to_delete } = record;
  const isList = Array.isArray(to_delete) && to_delete.every((id) => typeof id === "string");
  if (plan_id !== planId || !isList) throw notUnderstood(path, "it is no plan of gc");
  if (record.repo_id !== repo_id)
    throw new JvsError("run gc: plan mismatch: it was made for another repository", {
      code: "E_GC_PLAN_MISMATCH",
      hint: "Nothing was removed; make a plan of this one with `jvs gc plan`",
      details: { plan_id: planId, repo_id: String(record.repo_id) },
    });
  return record as unknown as GcPlan;
}

/** Forgets the plan: it was carried out. */
export function removeGcPlan({ layout }: Repo, planId: string): void {
  rmSync(gcPlanPath(layout, planId), { force: true });
}
