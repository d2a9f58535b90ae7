import type { DoctorReport, Repair, RepairAction } from "../model/doctor-report.ts";
import { JvsError } from "../model/errors.ts";
import { appendOperation } from "../repo/operation-log.ts";
import { findRepoRoot, type Repo } from "../repo/repo.ts";
import type { Context } from "./context.ts";
import { cleanPending } from "./doctor/clean-pending.ts";
import { type Diagnosis, examine } from "./doctor/examine.ts";
import { REPAIRS, repairAll } from "./doctor/repair.ts";
import { RepairNotes } from "./doctor/repair-notes.ts";

export interface DoctorQuery {
  /** Also read and hash all content. */
  readonly strict: boolean;
  /** `runtime`: only what killed commands left; `all`: everything that is safe. */
  readonly repair: "none" | "runtime" | "all";
}

/** What can be repaired. */
export function listRepairs(): readonly RepairAction[] {
  return REPAIRS;
}

/**
 * Examines the repository, whatever state it is in; with `repair` mends it first. Without, nothing
 * is changed.
 *
 * @throws E_NO_REPOSITORY, E_LOCKED (repairing), E_INTERRUPTED. Damage is no error, but the report.
 */
export async function diagnoseRepo(ctx: Context, query: DoctorQuery): Promise<DoctorReport> {
  const root = findRepoRoot(ctx.cwd);
  if (root === undefined)
    throw new JvsError("not a JVS repository (or any parent)", {
      code: "E_NO_REPOSITORY",
      hint: "Run `jvs init` here to take this folder, or `jvs init <name>` to start a new project",
      details: { cwd: ctx.cwd },
    });
  const { strict, repair } = query;
  if (repair === "none") return reportOf(await examine(ctx, root, strict), [], strict);
  const before = await examine(ctx, root, repair === "all");
  try {
    const repairs = await mend(ctx, before, repair);
    const hasHealed = repairs.some(({ id }) => id === "heal_objects" || id === "replace_packs");
    const after = await examine(ctx, root, strict || hasHealed || before.lost.size > 0);
    return reportOf(after, repairs, strict);
  } catch (error) {
    if (!(error instanceof JvsError) || error.code !== "E_INTERRUPTED") throw error;
    throw new JvsError("interrupted; what was repaired until then stays repaired", {
      code: "E_INTERRUPTED",
      hint: "The log tells what that was (`jvs operations`); run the command again for the rest",
      cause: error,
    });
  }
}

/** Nothing is mended in a repository that cannot be understood. */
async function mend(
  ctx: Context,
  diagnosis: Diagnosis,
  repair: "runtime" | "all",
): Promise<Repair[]> {
  const { exam } = diagnosis;
  if (exam === undefined || exam.repo.record.repo_id === "") return [];
  if (exam.log.unreadable.length > 0) return []; // No repair could be logged.
  const notes = new RepairNotes();
  try {
    if (repair === "all") await repairAll(exam, diagnosis, notes);
    else notes.made.push(...(await cleanPending(exam)));
    return notes.made;
  } finally {
    tell(ctx, exam.repo, notes.made);
  }
}

/** One record for all that was done; none where nothing was. */
function tell(ctx: Context, repo: Repo, repairs: readonly Repair[]): void {
  const done = repairs.filter(({ count }) => count > 0);
  if (done.length === 0) return;
  appendOperation(repo, {
    operation: "doctor",
    actor: ctx.actor,
    target: repo.record.repo_id,
    reason: done.map((one) => `${one.id}: ${one.done}`).join("; "),
    refs: {},
    now: ctx.now(),
  });
}

function reportOf(
  { findings, facts }: Diagnosis,
  repairs: readonly Repair[],
  strict: boolean,
): DoctorReport {
  const healthy = !findings.some(({ unhealthy }) => unhealthy);
  return { healthy, findings, repairs, strict, facts };
}
