import { objectsEngine } from "../engines/objects.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import type { UpgradeReport } from "../model/reports.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { appendOperation } from "../repo/operation-log.ts";
import {
  copyV1Settings,
  discardUpgrade,
  finishUpgrade,
  holdUpgradePlace,
  removeKept,
  startUpgrade,
  type UpgradePlace,
} from "../repo/v1/upgrade-place.ts";
import type { V1Layout } from "../repo/v1/v1-layout.ts";
import { listV1Snapshots } from "../repo/v1/v1-snapshot.ts";
import { listV1Worktrees, type V1Worktree } from "../repo/v1/v1-worktrees.ts";
import { openStore } from "../store/object-store.ts";
import type { Context } from "./context.ts";
import { importV1Log, importV1Pins, importV1Worktrees } from "./import-v1-records.ts";
import { importV1Snapshot } from "./import-v1-snapshot.ts";
import type { Upgrade } from "./upgrade.ts";

/**
 * Brings a repository of version 1 up to date: snapshots with their ids, times, notes, tags and
 * lineage, worktrees, pins, settings and the log. Workspaces are not touched; the old control folder
 * is kept beside the new one, `removeOld` removes it. Until the last step nothing that is there is
 * changed, and an attempt that was cut short can be repeated.
 *
 * @throws E_NO_REPOSITORY, E_LOCKED, E_EXISTS, E_FORMAT_UNSUPPORTED, E_NO_SPACE, E_INTERRUPTED
 */
export async function upgradeRepository(
  ctx: Context,
  { removeOld }: { readonly removeOld: boolean },
): Promise<UpgradeReport> {
  using place = hold(ctx);
  const report = place.old === undefined ? current(place) : await upgrade(ctx, place, place.old);
  const { old_control_folder: kept } = report;
  if (!removeOld || kept === null) return report;
  removeKept(kept);
  return { ...report, old_control_folder: null, removed_old: true };
}

function hold(ctx: Context): UpgradePlace {
  const place = holdUpgradePlace(ctx.cwd);
  if (place !== undefined) return place;
  throw new JvsError("not a JVS repository (or any parent)", {
    code: "E_NO_REPOSITORY",
    hint: "Go into the repository that you want to upgrade",
    details: { cwd: ctx.cwd },
  });
}

function current({ root, kept }: UpgradePlace): UpgradeReport {
  return {
    repo_root: root,
    status: "current",
    ...{ snapshots: 0, worktrees: 0, operations: 0, pins: 0 },
    old_control_folder: kept ?? null,
    removed_old: false,
    damaged: [],
    notes: [],
  };
}

async function upgrade(ctx: Context, place: UpgradePlace, old: V1Layout): Promise<UpgradeReport> {
  const repo = startUpgrade(place, ctx.now());
  try {
    // Old snapshots may hold the same files a thousand times: the store keeps each content once.
    const engine = objectsEngine;
    const store = openStore(repo.layout.objects);
    const worktrees = listV1Worktrees(old, ctx.now());
    const work: Upgrade = {
      ...{ ctx, old, repo, store, engine },
      rootModes: modesOf(worktrees),
      imported: new Map(),
      damaged: [],
      notes: worktrees.filter(({ hasReadyFile }) => hasReadyFile).map(noteReadyFile),
    };
    const counts = await importAll(work, worktrees);
    store.close();
    const kept = await finishUpgrade(place);
    return {
      repo_root: place.root,
      status: "upgraded",
      ...counts,
      old_control_folder: kept,
      removed_old: false,
      damaged: work.damaged,
      notes: work.notes,
    };
  } catch (error) {
    discardUpgrade(place.root);
    throw error;
  }
}

function modesOf(worktrees: readonly V1Worktree[]): Map<string, number> {
  const known = worktrees.filter(({ mode }) => mode !== undefined);
  return new Map(known.map(({ worktree, mode }) => [worktree.name, mode as number]));
}

function noteReadyFile({ worktree }: V1Worktree): string {
  return `"${worktree.path}/.READY" may be what the older jvs left there on a restore; remove it unless it is yours`;
}

async function importAll(
  work: Upgrade,
  worktrees: readonly V1Worktree[],
): Promise<Pick<UpgradeReport, "snapshots" | "worktrees" | "operations" | "pins">> {
  const { ctx, old, repo, store, imported } = work;
  const found = listV1Snapshots(old);
  for (const [index, snapshot] of found.entries()) {
    ctx.progress.report({ phase: "importing", done: index, total: found.length });
    await ctx.progress.breathe();
    await importV1Snapshot(work, snapshot);
    failPoint("upgrade-snapshot");
  }
  store.consolidate();
  const parents = new Map(
    found.map(({ id, descriptor }) => [id, descriptor?.parent_id as SnapshotId | undefined]),
  );
  importV1Worktrees(work, worktrees, parents);
  const counts = { operations: importV1Log(work), pins: importV1Pins(work) };
  copyV1Settings(old, repo);
  appendOperation(repo, {
    operation: "upgrade",
    actor: ctx.actor,
    target: repo.record.repo_id,
    reason: `from version 1: ${imported.size} snapshots`,
    refs: {},
    now: ctx.now(),
  });
  return { snapshots: imported.size, worktrees: worktrees.length, ...counts };
}
