import type { Descriptor } from "../../model/snapshot.ts";
import type { LogFault } from "../../repo/inspect-log.ts";
import { descriptorPath } from "../../repo/layout.ts";
import type { Exam, NewFinding } from "./exam.ts";

const BACKUP = "Snapshots are not affected; put the log back from a backup";

/** The operation log: each record as it was written, none missing, none cut off at either end. */
export function* checkLog(exam: Exam): Generator<NewFinding> {
  const { log, repo } = exam;
  for (const fault of log.faults) yield ofFault(fault);
  const { oldest } = log;
  if (oldest === undefined)
    yield broken(exam, { code: "log-empty", why: "the log is empty: not even init is in it" });
  else if (oldest.operation === "init" && oldest.target !== repo.record.repo_id)
    yield {
      category: "integrity",
      description: `the log says that the repository is ${oldest.target}, repo.json says ${repo.record.repo_id}`,
      severity: "critical",
      path: repo.layout.repoJson,
      code: "repo-id-differs",
      cure: "Put repo.json back from a backup",
    };
  yield* checkHead(exam);
  yield* checkAnchors(exam);
}

/** What each append remembers beside the log: so a cut end shows where no snapshot tells of it. */
function* checkHead(exam: Exam): Generator<NewFinding> {
  const { log, repo } = exam;
  const path = repo.layout.logHead;
  if (log.head !== undefined && !log.hashes.has(log.head))
    yield broken(exam, {
      code: "log-end-missing",
      why: "the operation that was logged last is not in the log: its end was cut off or altered, or audit/head was altered",
      path,
    });
  else if (log.head === undefined && log.oldest !== undefined)
    yield {
      category: "audit",
      description:
        "the file audit/head, which would tell whether the end of the log is there, is missing",
      severity: "warning",
      path,
      code: "log-head-missing",
      cure: "The next command that changes something makes it anew",
    };
}

function ofFault({ kind, path, why }: LogFault): NewFinding {
  if (kind === "torn")
    return {
      category: "audit",
      description: `${why}, as after a crash`,
      severity: "warning",
      path,
      code: "log-torn",
      cure: "The next command that changes something cuts it off",
      unhealthy: true,
    };
  return {
    category: "audit",
    description: why,
    severity: "critical",
    error_code: "E_AUDIT_CHAIN_BROKEN",
    path,
    code: `log-${kind}`,
    cure: BACKUP,
  };
}

/** Snapshots know the head of the log at their time, and the log knows them: a cut end shows. */
function* checkAnchors(exam: Exam): Generator<NewFinding> {
  const { log, descriptors, repo, intents } = exam;
  const underWay = new Set<string>(intents.map(({ id }) => id));
  for (const descriptor of descriptors.descriptors) {
    const { snapshot_id: id, audit_head } = descriptor;
    if (audit_head !== "" && !log.hashes.has(audit_head))
      yield broken(exam, {
        code: "log-lacks-head",
        why: `snapshot ${id} was taken after an operation that the log does not have: its end was cut off, or records in it were replaced`,
        path: descriptorPath(repo.layout, id),
      });
    if (isLogged(descriptor) && !log.events.has(id) && !underWay.has(id))
      yield broken(exam, {
        code: "log-lacks-snapshot",
        why: `the log does not tell of snapshot ${id}: its end was cut off`,
        path: descriptorPath(repo.layout, id),
      });
  }
}

/** A safety snapshot is told of by the operation that it protects, an imported one by the import. */
function isLogged({ kind }: Descriptor): boolean {
  return kind === "manual" || kind === "auto";
}

interface Break {
  readonly code: string;
  readonly why: string;
  readonly path?: string;
}

function broken({ repo }: Exam, { code, why, path }: Break): NewFinding {
  return {
    category: "audit",
    description: why,
    severity: "critical",
    error_code: "E_AUDIT_CHAIN_BROKEN",
    path: path ?? repo.layout.auditLog,
    code,
    cure: `${BACKUP}. After a power cut its last lines may be lost`,
  };
}
