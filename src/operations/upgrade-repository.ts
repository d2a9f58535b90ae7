import { objectsEngine } from "../engines/objects.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import type { UpgradeFault, UpgradeReport } from "../model/reports.ts";
import { workspacePath } from "../repo/layout.ts";
import { appendOperation } from "../repo/operation-log.ts";
import { readV1History, type V1History } from "../repo/v1/read-history.ts";
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
import type { V1Worktree } from "../repo/v1/v1-worktrees.ts";
import { openStore } from "../store/object-store.ts";
import type { Context } from "./context.ts";
import { importV1Gaps, importV1Log, importV1Pins, importV1Worktrees } from "./import-v1-records.ts";
import { importV1Snapshot } from "./import-v1-snapshot.ts";
import { noteLeftOut } from "./note-left-out.ts";
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
  return removeOld ? removeFormer(place, report) : report;
}

function removeFormer({ stranger }: UpgradePlace, report: UpgradeReport): UpgradeReport {
  const { old_control_folder: kept, damaged } = report;
  if (report.status === "current" && stranger !== undefined) throw notOurs(stranger);
  if (kept === null) return report;
  if (damaged.length > 0) {
    const note = `"${kept}" is not removed, since damage was found: look at it first, then run jvs upgrade --remove-old again`;
    return { ...report, notes: [...report.notes, note] };
  }
  removeKept(kept);
  return { ...report, old_control_folder: null, removed_old: true };
}

function notOurs(path: string): JvsError {
  return new JvsError(
    `Cannot remove "${path}": it is not the control folder that this repository was upgraded from`,
    {
      code: "E_CONFIG",
      hint: "It stays as it is; if nobody needs it, remove it yourself",
      details: { path },
    },
  );
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
    const history = readV1History(old, ctx.now());
    const work: Upgrade = {
      ...{ ctx, old, repo, store, engine },
      rootModes: modesOf(history.worktrees),
      imported: new Map(),
      damaged: history.misnamed.map(describeMisnamed),
      notes: [
        ...history.worktrees.filter(({ hasReadyFile }) => hasReadyFile).map(noteReadyFile),
        ...history.unfinished.map((id) => `snapshot ${id} was never finished: left out`),
      ],
    };
    const counts = await importAll(work, history);
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

function describeMisnamed(name: string): UpgradeFault {
  const why = "no worktree can have that name";
  return {
    what: `worktree ${JSON.stringify(name)}`,
    why,
    outcome: "left out, its snapshots are there",
  };
}

function noteReadyFile({ worktree }: V1Worktree): string {
  return `"${worktree.path}/.READY" may be what the older jvs left there on a restore; remove it unless it is yours`;
}

async function importAll(
  work: Upgrade,
  { places, worktrees, log }: V1History,
): Promise<Pick<UpgradeReport, "snapshots" | "worktrees" | "operations" | "pins">> {
  const { ctx, repo, store, imported } = work;
  for (const [index, place] of places.entries()) {
    ctx.progress.report({ phase: "importing", done: index, total: places.length });
    await ctx.progress.breathe();
    await importV1Snapshot(work, place);
    failPoint("upgrade-snapshot");
  }
  store.consolidate();
  importV1Gaps(work, places);
  importV1Worktrees(work, worktrees, places);
  await noteAllLeftOut(work, worktrees);
  const counts = { operations: importV1Log(work, log), pins: importV1Pins(work) };
  await importSettings(work);
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

async function noteAllLeftOut(work: Upgrade, worktrees: readonly V1Worktree[]): Promise<void> {
  for (const { worktree, mode } of worktrees) {
    if (mode === undefined) continue; // It is gone, or a link.
    const folder = workspacePath(work.repo.layout, worktree.path);
    const note = await noteLeftOut({ name: worktree.name, folder }, work.ctx.progress);
    if (note !== undefined) work.notes.push(note);
  }
}

async function importSettings({ old, repo, damaged }: Upgrade): Promise<void> {
  const why = await copyV1Settings(old, repo);
  if (why !== undefined)
    damaged.push({ what: "config.yaml", why, outcome: "kept as config.yaml.broken, not in force" });
}
