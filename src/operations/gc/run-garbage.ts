import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import type { GcPlan, GcResult } from "../../model/gc-reports.ts";
import { type Progress, SILENT } from "../../model/progress.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { listSnapshotIds, readDescriptor } from "../../repo/descriptors.ts";
import { readGcPlan, removeGcPlan } from "../../repo/gc-plans.ts";
import { beginSweep, endSweep, readGeneration } from "../../repo/generation.ts";
import { type LockOptions, lockRepository, lockStore } from "../../repo/lock.ts";
import { appendOperation, syncLog } from "../../repo/operation-log.ts";
import { removeSnapshots } from "../../repo/remove-snapshots.ts";
import { addTombstones } from "../../repo/tombstones.ts";
import type { SweepResult } from "../../store/sweep-packs.ts";
import type { Context } from "../context.ts";
import { openRepository, type Repository } from "../open-workspace.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { judgeSnapshots, type Verdict } from "./judge-snapshots.ts";
import { ObjectMarks } from "./object-marks.ts";
import { removePayloads } from "./payloads.ts";
import { makePlan, sweepRules } from "./plan-garbage.ts";

/** Between two steps of a sweep, so that commands that wait for the store get their turn. */
const PAUSE_MS = 30;

/**
 * Carries a plan out: removes its snapshots, then what nothing needs any more. Killed at any point
 * it leaves a whole repository, and running it, or another plan, does the rest.
 *
 * @throws E_NAME_INVALID, E_NOT_FOUND; E_GC_PLAN_MISMATCH when a snapshot of the plan is needed by
 *   now; E_LOCKED; and what planning throws. Nothing is removed then.
 */
export async function runGarbage(ctx: Context, planId: string): Promise<GcResult> {
  const repository = openRepository(ctx);
  const plan = readGcPlan(repository.repo, planId);
  return await collect(ctx, repository, plan);
}

/** Plans, and carries the plan out at once. */
export async function collectNow(ctx: Context): Promise<GcResult> {
  const repository = openRepository(ctx);
  return await collect(ctx, repository, await makePlan(ctx, repository));
}

async function collect(ctx: Context, repository: Repository, plan: GcPlan): Promise<GcResult> {
  const { repo } = repository;
  const options = lockOptions(ctx);
  using _gc = await lockRepository(repo, "gc", options);
  using _packs = await lockRepository(repo, "packs", options);
  await clearLeftovers(ctx, repository);
  const work = new Collection(ctx, repository, plan);
  await work.prepare();
  const doomed = await work.remove();
  // While their trees can still be read.
  const freed = await removePayloads(repository, doomed);
  const swept = await work.sweep();
  removeGcPlan(repo, plan.plan_id);
  return {
    plan_id: plan.plan_id,
    removed: doomed.map(({ snapshot_id: id }) => id),
    freed_bytes: swept.freed + freed,
    packs_removed: swept.dropped,
    packs_rewritten: swept.rewritten,
    stored_bytes: repository.store.storedBytes(),
    warnings: swept.damaged.map((path) => `"${path}" is damaged and was left as it is`),
  };
}

function lockOptions(ctx: Context): LockOptions {
  const { actor, progress, lockTimeout } = ctx;
  return { actor, progress, command: "jvs gc run", timeoutMs: lockTimeout };
}

/** One run of gc. The caller holds the locks for gc and for packs. */
class Collection {
  readonly #ctx: Context;
  readonly #repository: Repository;
  readonly #plan: GcPlan;
  readonly #wanted: ReadonlySet<SnapshotId>;
  readonly #marks: ObjectMarks;
  readonly #marked: Set<SnapshotId> = new Set();
  /** A sweep that was cut short leaves content without a record: that needs no time of grace. */
  readonly #graceFrom: Date;

  constructor(ctx: Context, repository: Repository, plan: GcPlan) {
    this.#ctx = ctx;
    this.#repository = repository;
    this.#plan = plan;
    this.#wanted = new Set(plan.to_delete);
    this.#marks = new ObjectMarks(repository.store);
    const wasCutShort = readGeneration(repository.repo) === undefined;
    this.#graceFrom = wasCutShort ? new Date(8.64e15) : ctx.now();
  }

  /** The long part, while others go on with their work: finds out what is needed. */
  async prepare(): Promise<void> {
    const { live, doomed } = this.#judge();
    await this.#markLive(live, this.#ctx.progress);
    await this.#marks.markReleased(doomed, this.#ctx.progress);
    failPoint("gc-marked");
  }

  /** Removes the snapshots of the plan, if it still holds; all of them or none. */
  async remove(): Promise<readonly Descriptor[]> {
    const { repo } = this.#repository;
    using _store = await lockStore(repo, "exclusive", lockOptions(this.#ctx));
    const { doomed } = this.#judge();
    const ids = doomed.map(({ snapshot_id: id }) => id);
    beginSweep(repo);
    failPoint("gc-begun");
    addTombstones(
      repo,
      doomed.map((descriptor) => this.#tombstone(descriptor)),
    );
    failPoint("gc-tombstones");
    this.#log(ids);
    failPoint("gc-logged");
    removeSnapshots(repo, ids);
    failPoint("gc-unlinked");
    return doomed;
  }

  /** Removes what nothing needs. Between two steps the lock is free for a moment. */
  async sweep(): Promise<SweepResult> {
    const { repo, store } = this.#repository;
    const rules = sweepRules(this.#marks, this.#graceFrom);
    const sweep = store.openSweep(rules);
    for (let isMore = true, steps = 0; isMore; steps++) {
      if (steps > 0) await Bun.sleep(PAUSE_MS);
      using _store = await lockStore(repo, "exclusive", lockOptions(this.#ctx));
      this.#ctx.progress.report({ phase: "sweeping", done: steps });
      // What was published since it was last looked may need what was garbage then.
      await this.#markPublished();
      isMore = sweep.step();
      failPoint("gc-step");
      if (!isMore) endSweep(repo);
    }
    failPoint("gc-swept");
    return sweep.result;
  }

  /** Snapshots have gone by now: there is no stopping any more. */
  async #markPublished(): Promise<void> {
    const { repo } = this.#repository;
    const fresh = listSnapshotIds(repo).filter((id) => !this.#marked.has(id));
    if (fresh.length === 0) return;
    await this.#markLive(
      fresh.map((id) => readDescriptor(repo, id)),
      SILENT,
    );
  }

  async #markLive(descriptors: readonly Descriptor[], progress: Progress): Promise<void> {
    await this.#marks.markLive(descriptors, progress);
    for (const { snapshot_id: id } of descriptors) this.#marked.add(id);
  }

  /** Everything but the snapshots of the plan is live, whatever the rules say of it by now. */
  #judge(): { live: Descriptor[]; doomed: Descriptor[] } {
    const verdicts = this.#judgeAll();
    const isWanted = ({ descriptor }: Verdict): boolean => this.#wanted.has(descriptor.snapshot_id);
    const needed = verdicts.find((verdict) => verdict.keep && isWanted(verdict));
    if (needed !== undefined) throw mismatch(needed);
    return {
      live: verdicts.filter((one) => !isWanted(one)).map(({ descriptor }) => descriptor),
      doomed: verdicts.filter(isWanted).map(({ descriptor }) => descriptor),
    };
  }

  #judgeAll(): readonly Verdict[] {
    return judgeSnapshots(this.#ctx, this.#repository.repo).verdicts;
  }

  #tombstone({
    snapshot_id,
    parent_id,
    worktree_name,
  }: Descriptor): Parameters<typeof addTombstones>[1][number] {
    const reason = this.#plan.reasons.find(({ snapshot }) => snapshot === snapshot_id)?.reason;
    return {
      snapshot_id,
      ...(parent_id === undefined ? {} : { parent_id }),
      worktree_name,
      removed_at: this.#ctx.now().toISOString(),
      by: this.#plan.plan_id,
      reason: reason ?? "",
    };
  }

  #log(ids: readonly SnapshotId[]): void {
    const { repo } = this.#repository;
    appendOperation(repo, {
      operation: "gc",
      actor: this.#ctx.actor,
      target: this.#plan.plan_id,
      reason: `removed ${ids.length} snapshots`,
      // A colon is in no worktree's name: undo passes over it.
      refs: Object.fromEntries(ids.map((id) => [`gc:${id}`, [id, null]])),
      now: this.#ctx.now(),
      event_id: this.#plan.plan_id,
    });
    syncLog(repo);
  }
}

function mismatch({ descriptor, reason }: Verdict): JvsError {
  const { snapshot_id: id } = descriptor;
  return new JvsError(`run gc: plan mismatch: ${id} is now protected`, {
    code: "E_GC_PLAN_MISMATCH",
    hint: `Nothing was removed (${reason}); make a new plan with \`jvs gc plan\``,
    details: { snapshot_id: id, reason },
  });
}
