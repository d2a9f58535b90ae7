import { chooseEngine } from "../../engines/choose-engine.ts";
import type { SystemFacts } from "../../model/doctor-report.ts";
import { JvsError } from "../../model/errors.ts";
import { fileSystemName, mountOfRepo, roomOfRepo } from "../../repo/file-system.ts";
import { locateWorktree } from "../../repo/locate-worktree.ts";
import type { Repo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";
import type { Exam, NewFinding } from "./exam.ts";

const LITTLE_BYTES = 256 << 20;
/** Where less is free, no snapshot can be taken. */
const LEAST_BYTES = 2 << 20;
const LITTLE_SHARE = 0.01;
const FEW_FILES = 1000;
const MINUTE = 60_000;

/** Facts about where the repository lies. */
export function readSystemFacts({ ctx, repo }: Pick<Exam, "ctx" | "repo">): SystemFacts {
  const mount = mountOfRepo(repo);
  const { freeBytes, totalBytes, freeFiles } = roomOfRepo(repo);
  const { name, passedOver } = engineOf(ctx, repo);
  return {
    engine: name,
    passed_over: passedOver,
    file_system: fileSystemName(repo),
    mount_point: mount?.point ?? "",
    mount_options: mount?.options ?? [],
    free_bytes: freeBytes,
    total_bytes: totalBytes,
    free_files: freeFiles ?? null,
  };
}

/** Whether snapshots can be taken here at all. */
export function* checkSystem(exam: Exam, facts: SystemFacts): Generator<NewFinding> {
  const { jvs: path } = exam.repo.layout;
  // Where it lies says nothing about whether it is whole.
  const common = { category: "file-system", path, unhealthy: false };
  const { why } = engineOf(exam.ctx, exam.repo);
  if (why !== "")
    yield {
      ...common,
      severity: "error",
      code: "engine-unusable",
      description: why,
      cure: "Choose another engine: jvs config set default_engine auto, or unset JVS_ENGINE",
    };
  if (facts.mount_options.includes("ro"))
    yield {
      ...common,
      severity: "error",
      code: "read-only",
      description: `${facts.mount_point} is mounted read-only: nothing can be saved`,
      cure: `mount -o remount,rw ${facts.mount_point}; read-only after a fault of the disk shows in dmesg`,
    };
  const little = Math.max(LEAST_BYTES, Math.min(LITTLE_BYTES, facts.total_bytes * LITTLE_SHARE));
  if (facts.free_bytes < little)
    yield {
      ...common,
      severity: "warning",
      code: "space-low",
      description: `only ${facts.free_bytes} bytes are free (of ${facts.total_bytes})`,
      cure: "Free some space, or let jvs gc plan say what could go",
    };
  if (facts.free_files !== null && facts.free_files < FEW_FILES && facts.total_bytes > 0)
    yield {
      ...common,
      severity: "warning",
      code: "files-low",
      description: `only ${facts.free_files} more files can be made on this file system`,
      cure: "Delete files that are not needed",
    };
  yield* checkClock(exam);
}

/** A clock that went back gives snapshots ids that sort before older ones. */
function* checkClock({ ctx, descriptors, log, repo }: Exam): Generator<NewFinding> {
  const times = [
    ...descriptors.descriptors.map((one) => one.created_at),
    log.newest?.timestamp ?? "",
  ];
  const newest = Math.max(...times.map((time) => Date.parse(time) || 0));
  const ahead = newest - ctx.now().getTime();
  if (ahead < MINUTE) return;
  yield {
    category: "clock",
    description: `the newest snapshot or operation is of ${new Date(newest).toISOString()}, which is ${Math.round(ahead / MINUTE)} min ahead of this machine's clock`,
    severity: "warning",
    path: repo.layout.jvs,
    code: "clock-behind",
    cure: "Set the clock (timedatectl); snapshots taken meanwhile sort before older ones",
  };
}

interface FoundEngine {
  readonly name: string;
  /** Why there is none; "" where there is one. */
  readonly why: string;
  readonly passedOver: SystemFacts["passed_over"];
}

/** Undefined too where a record that tells is garbled: that is a finding of its own. */
function workspaceAround(repo: Repo, cwd: string): string | undefined {
  try {
    return locateWorktree(repo, cwd)?.workspace;
  } catch (error) {
    if (error instanceof JvsError) return undefined;
    throw error;
  }
}

/** For the workspace that the user stands in, or else the one at the top. */
function engineOf({ engine: wanted, cwd }: Context, repo: Repo): FoundEngine {
  const { layout } = repo;
  const workspace = workspaceAround(repo, cwd) ?? layout.root;
  try {
    const { engine, passedOver } = chooseEngine(wanted, { workspace, control: layout.jvs });
    return { name: engine.name, why: "", passedOver };
  } catch (error) {
    if (error instanceof JvsError) return { name: "none", why: error.message, passedOver: [] };
    throw error;
  }
}
