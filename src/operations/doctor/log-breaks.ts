import type { Descriptor } from "../../model/snapshot.ts";
import { faultKey } from "../../repo/known-faults.ts";
import { descriptorPath } from "../../repo/layout.ts";
import { compareWithLog } from "./compare-with-log.ts";
import type { Exam } from "./exam.ts";
import type { LogBreak } from "./log-break.ts";

/** Records that are not as they were written, are missing, or were cut off at either end. */
export function* listLogBreaks(exam: Exam): Generator<LogBreak> {
  const { log, repo, worktrees } = exam;
  for (const { kind, why, path, key } of log.faults)
    if (kind !== "torn") yield { code: `log-${kind}`, why, path, key };
  if (log.oldest === undefined)
    yield {
      code: "log-empty",
      why: "the log is empty: not even init is in it",
      path: repo.layout.auditLog,
      key: faultKey("empty"),
    };
  // What each append remembers beside the log: so a cut end shows where no snapshot tells of it.
  if (log.head !== undefined && !log.hashes.has(log.head))
    yield {
      code: "log-end-missing",
      why: "the operation that was logged last is not in the log: its end was cut off or altered, or audit/head was altered",
      path: repo.layout.logHead,
      key: faultKey("end", log.head),
    };
  yield* checkAnchors(exam);
  for (const worktree of worktrees.worktrees) yield* compareWithLog(exam, worktree);
}

/** Snapshots know the head of the log at their time, and the log knows them: a cut end shows. */
function* checkAnchors(exam: Exam): Generator<LogBreak> {
  const { log, descriptors, repo, intents } = exam;
  const underWay = new Set<string>(intents.map(({ id }) => id));
  for (const descriptor of descriptors.descriptors) {
    const { snapshot_id: id, audit_head } = descriptor;
    const path = descriptorPath(repo.layout, id);
    if (audit_head !== "" && !log.hashes.has(audit_head))
      yield {
        code: "log-lacks-head",
        why: `snapshot ${id} was taken after an operation that the log does not have: its end was cut off, or records in it were replaced`,
        path,
        key: faultKey("lacks-head", id, audit_head),
      };
    if (isLogged(descriptor) && !log.events.has(id) && !underWay.has(id))
      yield {
        code: "log-lacks-snapshot",
        why: `the log does not tell of snapshot ${id}: its end was cut off`,
        path,
        key: faultKey("lacks-snapshot", id),
      };
  }
}

/** A safety snapshot is told of by the operation that it protects, an imported one by the import. */
function isLogged({ kind }: Descriptor): boolean {
  return kind === "manual" || kind === "auto";
}
