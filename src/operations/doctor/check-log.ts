import type { LogFault } from "../../repo/inspect-log.ts";
import type { Exam, NewFinding } from "./exam.ts";
import type { LogBreak } from "./log-break.ts";
import { listLogBreaks } from "./log-breaks.ts";

/** The operation log: each record as it was written, none missing, none cut off at either end. */
export function* checkLog(exam: Exam): Generator<NewFinding> {
  const { log, repo } = exam;
  for (const fault of log.faults) if (fault.kind === "torn") yield ofTorn(fault);
  for (const found of listLogBreaks(exam)) {
    const seq = log.acknowledged.get(found.key);
    yield seq === undefined ? ofBreak(found) : ofKnown(found, seq);
  }
  const { oldest } = log;
  if (oldest?.operation === "init" && oldest.target !== repo.record.repo_id)
    yield {
      category: "integrity",
      description: `the log says that the repository is ${oldest.target}, repo.json says ${repo.record.repo_id}`,
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
