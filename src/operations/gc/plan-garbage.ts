import type { GcPlan } from "../../model/gc-reports.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import { writeGcPlan } from "../../repo/gc-plans.ts";
import type { Context } from "../context.ts";
import { openRepository, type Repository } from "../open-workspace.ts";
import { type Judgement, judgeSnapshots, type Verdict } from "./judge-snapshots.ts";
import { ObjectMarks } from "./object-marks.ts";
import { measurePayloads } from "./payloads.ts";
import { listRemovedTrees, sweepRules } from "./sweep-store.ts";

/** The two rules of the older jvs, which its plans show: ours keeps nothing for its number or age alone. */
const PEER_POLICY = { keep_min_snapshots: 0, keep_min_age: 0 };

/** Says what gc would remove and why, and (unless `dryRun`) keeps the plan for `gc run`. Removes nothing. */
export async function planGarbage(ctx: Context, { dryRun }: { dryRun: boolean }): Promise<GcPlan> {
  const repository = openRepository(ctx);
  const plan = await makePlan(ctx, repository);
  if (!dryRun) writeGcPlan(repository.repo, plan, ctx.now());
  return plan;
}

/** @throws E_CONFIG, E_DESCRIPTOR_CORRUPT, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED */
export async function makePlan(ctx: Context, repository: Repository): Promise<GcPlan> {
  const { repo, store } = repository;
  const now = ctx.now();
  const judgement = judgeSnapshots(ctx, repo);
  const { live, doomed } = divide(judgement);
  const marks = new ObjectMarks(store);
  await marks.markLive(live, ctx.progress);
  await marks.markReleased([...doomed, ...listRemovedTrees(repository)], ctx.progress);
  ctx.progress.report({ phase: "measuring", done: 0 });
  const { freed, damaged } = store.measureSweep(sweepRules(marks, now));
  const payloads = await measurePayloads(repository, doomed, ctx.progress);
  const { repo_id } = repo.record;
  return describePlan(judgement, now, { freed: freed + payloads, damaged, repo_id });
}

function divide({ verdicts }: Judgement): { live: Descriptor[]; doomed: Descriptor[] } {
  const those = (kept: boolean): Descriptor[] =>
    verdicts.filter(({ keep }) => keep === kept).map(({ descriptor }) => descriptor);
  return { live: those(true), doomed: those(false) };
}

function describePlan(
  { verdicts, policy }: Judgement,
  now: Date,
  { freed, damaged, repo_id }: { freed: number; damaged: readonly string[]; repo_id: string },
): GcPlan {
  // Oldest first: that is the order of ids.
  const ordered = verdicts.toReversed();
  const kept = ordered.filter(({ keep }) => keep);
  const doomed = ordered.filter(({ keep }) => !keep);
  const idOf = ({ descriptor }: Verdict): Descriptor["snapshot_id"] => descriptor.snapshot_id;
  const countBy = (...by: Verdict["by"][]): number =>
    kept.filter((verdict) => by.includes(verdict.by)).length;
  return {
    plan_id: crypto.randomUUID(),
    created_at: now.toISOString(),
    protected_set: kept.map(idOf),
    protected_by_pin: countBy("pin", "view"),
    protected_by_lineage: countBy("pointer", "history", "undo", "work"),
    protected_by_retention: countBy("rule", "tag", "label", "safety"),
    candidate_count: doomed.length,
    to_delete: doomed.map(idOf),
    deletable_bytes_estimate: freed,
    retention_policy: PEER_POLICY,
    retention: policy,
    reasons: ordered.map((verdict) => ({
      snapshot: idOf(verdict),
      keep: verdict.keep,
      reason: verdict.reason,
    })),
    damaged_packs: damaged,
    repo_id,
  };
}
