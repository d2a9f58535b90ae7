import type { Finding, SystemFacts } from "../../model/doctor-report.ts";
import { JvsError } from "../../model/errors.ts";
import { listDescriptors } from "../../repo/descriptors.ts";
import { inspectLog } from "../../repo/inspect-log.ts";
import { listIntents } from "../../repo/intents.ts";
import { type Layout, layoutOf } from "../../repo/layout.ts";
import { openRepo, type Repo } from "../../repo/repo.ts";
import { listWorktrees } from "../../repo/worktrees.ts";
import type { Context } from "../context.ts";
import { openContent } from "../open-workspace.ts";
import { checkConfig } from "./check-config.ts";
import { checkFiles } from "./check-files.ts";
import { checkLayout, checkVersion } from "./check-layout.ts";
import { checkLineage } from "./check-lineage.ts";
import { checkLog } from "./check-log.ts";
import { checkNames } from "./check-names.ts";
import { checkPending } from "./check-pending.ts";
import { checkStore, inspectPacks, NOTHING_READ, type StoreCheck } from "./check-store.ts";
import { checkSystem, readSystemFacts } from "./check-system.ts";
import { checkWorktrees } from "./check-worktrees.ts";
import { type Exam, makeFinding, type NewFinding } from "./exam.ts";

/** What came of an examination. With `strict` what snapshots need and cannot be read is in it. */
export interface Diagnosis extends Omit<StoreCheck, "findings"> {
  readonly findings: readonly Finding[];
  readonly facts: SystemFacts | null;
  /** Undefined where the repository cannot be worked with at all. */
  readonly exam: Exam | undefined;
}

/** Looks at everything in the repository at `root`, whatever state it is in. Changes nothing. */
export async function examine(ctx: Context, root: string, strict: boolean): Promise<Diagnosis> {
  const layout = layoutOf(root);
  const version = [...checkVersion(layout)];
  const opened = tryOpen(layout, version);
  const found = (findings: readonly NewFinding[]): Finding[] =>
    findings.map((finding) => makeFinding(root, finding));
  if (opened.repo === undefined)
    return {
      findings: found(opened.findings),
      facts: null,
      exam: undefined,
      packs: [],
      ...NOTHING_READ,
    };
  const { repo } = opened;
  const packs = await inspectPacks(layout.objects, { progress: ctx.progress, thorough: strict });
  const exam: Exam = {
    ctx,
    strict,
    ...openContent(repo, { onlyLooks: true }),
    descriptors: listDescriptorsIfAny(repo),
    worktrees: listWorktreesIfAny(repo),
    intents: listIntents(repo),
    log: inspectLog(layout),
  };
  const facts = readSystemFacts(exam);
  const store = await checkStore(exam, packs);
  const findings = [
    ...opened.findings,
    ...checkLayout(layout),
    ...checkFiles(exam),
    ...(await checkConfig(exam)),
    ...checkWorktrees(exam),
    ...checkLineage(exam),
    ...checkLog(exam),
    ...checkNames(exam),
    ...checkPending(exam),
    ...store.findings,
    ...checkSystem(exam, facts),
  ];
  return { ...store, findings: found(findings), facts, exam };
}

interface Opened {
  readonly repo: Repo | undefined;
  readonly findings: readonly NewFinding[];
}

/** A garbled repo.json keeps nobody from looking at the rest; another format does. */
function tryOpen(layout: Layout, version: readonly NewFinding[]): Opened {
  if (version.some(({ category }) => category === "format"))
    return { repo: undefined, findings: version };
  try {
    return { repo: openRepo(layout.root), findings: version };
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    const garbled: NewFinding = {
      category: "format",
      description: error.message,
      severity: "critical",
      error_code: error.code,
      path: layout.repoJson,
      code: "repo-garbled",
      cure: "Put repo.json back from a backup: it needs repo_id (the log's first line has it), layout, created_at, engine",
    };
    return { repo: standIn(layout), findings: [...version, garbled] };
  }
}

function standIn(layout: Layout): Repo {
  return { layout, record: { repo_id: "", layout: "in-place", created_at: "", engine: "auto" } };
}

function listDescriptorsIfAny(repo: Repo): Exam["descriptors"] {
  return ifThere(() => listDescriptors(repo), { descriptors: [], unreadable: [] });
}

function listWorktreesIfAny(repo: Repo): Exam["worktrees"] {
  return ifThere(() => listWorktrees(repo), { worktrees: [], unreadable: [] });
}

/** A folder that is missing is a finding of its own. */
function ifThere<T>(list: () => T, otherwise: T): T {
  try {
    return list();
  } catch (error) {
    if (error instanceof Error && "code" in error && /^E(NOENT|NOTDIR)$/.test(String(error.code)))
      return otherwise;
    throw error;
  }
}
