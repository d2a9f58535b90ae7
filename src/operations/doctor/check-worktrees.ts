import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { Worktree } from "../../model/worktree.ts";
import { describeIrregular } from "../../repo/control-file.ts";
import { hasDescriptor } from "../../repo/descriptors.ts";
import { usualPath, workspacePath, worktreePath } from "../../repo/layout.ts";
import { listMissingWorktrees, type MissingWorktree } from "../../repo/missing-records.ts";
import { faultOfPlace } from "../../repo/owned-workspace.ts";
import type { Repo } from "../../repo/repo.ts";
import { hasWorkspaceFolder } from "../../repo/workspace-folder.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** Records of worktrees: readable, their folders there, what they point to there, as the log says. */
export function* checkWorktrees(exam: Exam): Generator<NewFinding> {
  const { repo, worktrees } = exam;
  for (const { name, why } of worktrees.unreadable)
    yield {
      category: "worktree",
      description: `the record of worktree '${name}' cannot be understood: ${why}`,
      severity: "error",
      error_code: "E_CONFIG",
      path: `${repo.layout.worktrees}/${name}.json`,
      code: "worktree-unreadable",
      cure: "Put the file back from a backup; until then gc removes nothing",
    };
  const missing = exam.intents.some(({ kind }) => kind === "worktree")
    ? []
    : listMissingWorktrees(repo, exam.log.known);
  for (const one of missing) yield ofMissing(repo, one);
  const isThere = ({ name }: { name: string }): boolean => name === "main";
  if (![...worktrees.worktrees, ...worktrees.unreadable, ...missing].some(isThere))
    yield {
      category: "worktree",
      description: "there is no worktree 'main'",
      severity: "error",
      path: repo.layout.worktrees,
      code: "main-missing",
      cure: "Put worktrees/main.json back from a backup",
    };
  yield* checkForkFolder(exam);
  for (const worktree of worktrees.worktrees) {
    yield* checkFolder(exam, worktree);
    yield* checkPointers(exam, worktree);
  }
}

/** The folder in which forks usually lie: where there is one already, that tells of the same. */
function* checkForkFolder({ repo, worktrees }: Exam): Generator<NewFinding> {
  const { layout, record } = repo;
  if (record.layout === "in-place") return; // It is one of ours.
  const path = dirname(workspacePath(layout, usualPath(record.layout, "x")));
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return;
  const isFork = (one: Worktree): boolean => dirname(workspacePath(layout, one.path)) === path;
  if (worktrees.worktrees.some(isFork)) return;
  yield {
    category: "worktree",
    description: `the folder for forks is ${describeIrregular(stat) ?? "a file"}, not a folder`,
    severity: "error",
    error_code: "E_CONFIG",
    path,
    code: "fork-folder-no-folder",
    cure: "Move what is there away: the first fork makes the folder; until then none can be made there",
  };
}

function ofMissing(repo: Repo, { name, record }: MissingWorktree): NewFinding {
  return {
    category: "worktree",
    description: `the record of worktree '${name}' is gone, and no operation removed it`,
    severity: "error",
    path: worktreePath(repo.layout, name),
    code: "worktree-record-missing",
    ...(record === undefined
      ? { cure: "Put the file back from a backup; until then gc keeps what the worktree stood on" }
      : {
          cure: "jvs doctor --repair makes it anew from the log; until then gc keeps what it stood on",
          repair: "restore_records",
        }),
  };
}

function* checkFolder({ repo, worktrees }: Exam, worktree: Worktree): Generator<NewFinding> {
  const { name, path } = worktree;
  const folder = workspacePath(repo.layout, path);
  const fault = faultOfPlace(repo, worktree, () => worktrees.worktrees);
  if (fault !== undefined)
    yield {
      category: "worktree",
      description: `the folder of worktree '${name}' ${fault.why}`,
      severity: "error",
      error_code: "E_CONFIG",
      path: fault.link ?? worktreePath(repo.layout, name),
      code: "worktree-folder-not-own",
      cure: `${fault.hint}; until then commands refuse to work there`,
    };
  else if (!hasWorkspaceFolder(folder)) yield missingFolder(name, folder);
}

function missingFolder(name: string, folder: string): NewFinding {
  const giveUp = name === "main" ? "" : `; or jvs worktree remove ${name}`;
  return {
    category: "worktree",
    description: `the folder of worktree '${name}' is missing`,
    severity: "error",
    path: folder,
    code: "worktree-folder-missing",
    cure: `Put the folder back, or make it empty (mkdir) and run jvs restore HEAD in it${giveUp}`,
  };
}

function* checkPointers({ repo }: Exam, worktree: Worktree): Generator<NewFinding> {
  const { name, base_snapshot_id, head_snapshot_id, latest_snapshot_id } = worktree;
  const pointers = { head: head_snapshot_id, latest: latest_snapshot_id, base: base_snapshot_id };
  for (const [pointer, id] of Object.entries(pointers)) {
    if (id === undefined || hasDescriptor(repo, id)) continue;
    yield {
      category: "worktree",
      description: `the ${pointer} of worktree '${name}' is snapshot ${id}, which does not exist`,
      severity: "warning",
      path: worktreePath(repo.layout, name),
      code: `${pointer}-missing`,
      cure: cureOf(pointer),
      unhealthy: pointer !== "base",
    };
  }
}

function cureOf(pointer: string): string {
  if (pointer === "base") return "None is needed: only where it was forked from is unknown";
  return "Put descriptors/<id>.json back from a backup, or jvs restore <another snapshot>; jvs history --all lists them";
}
