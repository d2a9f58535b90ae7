import { failPoint } from "../../model/fail-point.ts";
import { type Progress, SILENT } from "../../model/progress.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { writeDroppedBytes } from "../../repo/auto-list.ts";
import { listSnapshotIds, readDescriptor } from "../../repo/descriptors.ts";
import { endSweep, isSweepOpen } from "../../repo/generation.ts";
import { type LockOptions, lockStore } from "../../repo/lock.ts";
import { readTombstones, type Tombstone } from "../../repo/tombstones.ts";
import type { SweepResult, SweepRules } from "../../store/sweep-packs.ts";
import type { Context } from "../context.ts";
import type { Repository } from "../open-workspace.ts";
import { isPending } from "../tree-of.ts";
import { ObjectMarks } from "./object-marks.ts";
import type { SnapshotTree } from "./walk-snapshot.ts";

/** Between two steps of a sweep, so that commands that wait for the store get their turn. */
const PAUSE_MS = 30;
/** Content that nothing records yet is left alone for so long: what needs it may be under way. */
const GRACE_MS = 3_600_000;

/** One sweep of the store. The caller holds the locks for gc and for packs, and says when it begins. */
export class StoreSweep {
  readonly #repository: Repository;
  readonly #marks: ObjectMarks;
  /** Those whose trees do not change any more: a pending snapshot gets another one when it is sealed. */
  readonly #marked: Set<SnapshotId> = new Set();
  /** A sweep that was cut short leaves content without a record: that needs no time of grace. */
  readonly #graceFrom: Date;

  constructor(ctx: Context, repository: Repository) {
    this.#repository = repository;
    this.#marks = new ObjectMarks(repository.store);
    const wasCutShort = isSweepOpen(repository.repo);
    this.#graceFrom = wasCutShort ? new Date(8.64e15) : ctx.now();
  }

  /** The long part, while others go on with their work: finds out what is needed. */
  async mark(
    { live, doomed }: { live: readonly Descriptor[]; doomed: readonly Descriptor[] },
    progress: Progress,
  ): Promise<void> {
    await this.#markLive(live, progress);
    await this.#marks.markReleased([...doomed, ...listRemovedTrees(this.#repository)], progress);
    failPoint("gc-marked");
  }

  /** Removes what nothing needs. Between two steps the lock is free for a moment. */
  async sweep(options: LockOptions): Promise<SweepResult> {
    const { repo, store } = this.#repository;
    const sweep = store.openSweep(sweepRules(this.#marks, this.#graceFrom));
    for (let isMore = true, steps = 0; isMore; steps++) {
      if (steps > 0) await Bun.sleep(PAUSE_MS);
      using _store = await lockStore(repo, "exclusive", options);
      options.progress?.report({ phase: "sweeping", done: steps });
      // What was published since it was last looked may need what was garbage then.
      await this.#markPublished();
      isMore = sweep.step();
      failPoint("gc-step");
      if (!isMore) endSweep(repo);
    }
    failPoint("gc-swept");
    writeDroppedBytes(repo, 0);
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
    for (const descriptor of descriptors)
      if (!isPending(descriptor)) this.#marked.add(descriptor.snapshot_id);
  }
}

/** The trees of snapshots that are gone, as far as anything of them is still stored. */
export function listRemovedTrees({ repo, store }: Repository): SnapshotTree[] {
  const isStored = (one: Tombstone): one is Tombstone & SnapshotTree =>
    one.payload_root_hash !== undefined && store.has(one.payload_root_hash);
  return [...readTombstones(repo).values()].filter(isStored);
}

/** What goes: all that nothing needs, but for what came a short time before `now`. */
export function sweepRules(marks: ObjectMarks, now: Date): SweepRules {
  return {
    standingOf: (key) => marks.standingOf(key),
    graceBefore: new Date(now.getTime() - GRACE_MS),
  };
}
