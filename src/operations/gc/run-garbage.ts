import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import type { GcPlan, GcResult } from "../../model/gc-reports.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { dropIndexesIfFull } from "../../repo/drop-indexes.ts";
import { readGcPlan, removeGcPlan } from "../../repo/gc-plans.ts";
import { beginSweep } from "../../repo/generation.ts";
import { type LockOptions, lockRepository, lockStore } from "../../repo/lock.ts";
import { appendOperation, syncLog } from "../../repo/operation-log.ts";
import { removeSnapshots } from "../../repo/remove-snapshots.ts";
import { addTombstones, makeTombstone, type Tombstone } from "../../repo/tombstones.ts";
import type { SweepResult } from "../../store/sweep-packs.ts";
import type { Context } from "../context.ts";
import { openRepository, type Repository } from "../open-workspace.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { judgeSnapshots, type Verdict } from "./judge-snapshots.ts";
import { removePayloads } from "./payloads.ts";
import { makePlan } from "./plan-garbage.ts";
import { StoreSweep } from "./sweep-store.ts";

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
  dropIndexesIfFull(repo);
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
  readonly #sweep: StoreSweep;

  constructor(ctx: Context, repository: Repository, plan: GcPlan) {
    this.#ctx = ctx;
    this.#repository = repository;
    this.#plan = plan;
    this.#wanted = new Set(plan.to_delete);
    this.#sweep = new StoreSweep(ctx, repository);
  }

  /** The long part, while others go on with their work: finds out what is needed. */
  async prepare(): Promise<void> {
    await this.#sweep.mark(this.#judge(), this.#ctx.progress);
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

  async sweep(): Promise<SweepResult> {
    return await this.#sweep.sweep(lockOptions(this.#ctx));
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

  #tombstone(descriptor: Descriptor): Tombstone {
    const { snapshot_id: id } = descriptor;
    const found = this.#plan.reasons.find(({ snapshot }) => snapshot === id);
    return makeTombstone(descriptor, {
      removed_at: this.#ctx.now().toISOString(),
      by: this.#plan.plan_id,
      reason: found?.reason ?? "",
    });
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
