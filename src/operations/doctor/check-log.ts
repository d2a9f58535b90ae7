import { basename } from "node:path";
import type { LogFault } from "../../repo/inspect-log.ts";
import type { Exam, NewFinding } from "./exam.ts";
import type { LogBreak } from "./log-break.ts";
import { listLogBreaks } from "./log-breaks.ts";

/** The operation log: each record as it was written, none missing, none cut off at either end. */
export function* checkLog(exam: Exam): Generator<NewFinding> {
  const { log, repo } = exam;
  for (const { path, why } of log.unreadable) yield ofUnreadable(path, why);
  // What is missing in a log that was not read is anybody's guess.
  if (log.unreadable.length > 0) return;
  for (const fault of log.faults) if (fault.kind === "torn") yield ofTorn(fault);
  for (const found of listLogBreaks(exam)) {
    const seq = log.acknowledged.get(found.key);
    yield seq === undefined ? ofBreak(found) : ofKnown(found, seq);
  }
  const { oldest } = log;
  const { repo_id } = repo.record;
  // Without an id, repo.json itself cannot be read: that is told already.
  if (oldest?.operation === "init" && repo_id !== "" && oldest.target !== repo_id)
    yield {
      category: "integrity",
      description: `the log says that the repository is ${oldest.target}, repo.json says ${repo_id}`,
      severity: "critical",
      path: repo.layout.repoJson,
      code: "repo-id-differs",
      cure: "Put repo.json back from a backup",
    };
  yield* checkHead(exam);
}

/** It would tell whether the end of the log is there, see listLogBreaks. */
function* checkHead({ log, repo }: Exam): Generator<NewFinding> {
  if (log.head !== undefined || log.oldest === undefined) return;
  yield {
    category: "audit",
    description:
      "the file audit/head, which would tell whether the end of the log is there, is missing",
    severity: "warning",
    path: repo.layout.logHead,
    code: "log-head-missing",
    cure: "The next command that changes something makes it anew",
  };
}

function ofUnreadable(path: string, why: string): NewFinding {
  return {
    category: "audit",
    description: `the operation log cannot be read: ${basename(path)}: ${why}`,
    severity: "critical",
    error_code: "E_CONFIG",
    path,
    code: "log-unreadable",
    cure: "Move it away, or put the file back from a backup; until then nothing can be changed or repaired",
  };
}

function ofTorn({ path, why }: LogFault): NewFinding {
  return {
    category: "audit",
    description: `${why}, as after a crash`,
    severity: "warning",
    path,
    code: "log-torn",
    cure: "The next command that changes something cuts it off",
    unhealthy: true,
  };
}

function ofBreak({ code, why, path }: LogBreak): NewFinding {
  return {
    category: "audit",
    description: why,
    severity: "critical",
    error_code: "E_AUDIT_CHAIN_BROKEN",
    path,
    code,
    cure: "Snapshots are not affected; put the log back from a backup. After a power cut its last lines may be lost: jvs doctor --repair takes note of it, and the chain begins anew",
    repair: "acknowledge_log",
  };
}

function ofKnown({ code, why, path }: LogBreak, seq: number): NewFinding {
  return {
    category: "audit",
    description: `${why} (known since operation ${seq})`,
    severity: "info",
    path,
    code,
    cure: "None is needed: the log is whole again from there on",
  };
}
