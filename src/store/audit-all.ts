import { auditFiles } from "./audit-files.ts";
import { auditParts } from "./audit-part.ts";
import type { AuditProblem, AuditWork } from "./audit-work.ts";

/**
 * Hashes what nobody else has taken, until nothing is left: files first, since one alone may take
 * long. Comes back now and then, so that the caller can look around.
 *
 * @throws the system's error for what cannot be read, `ENOENT` for what went away
 */
export function* auditAll(work: AuditWork, problems: AuditProblem[]): Generator<void> {
  yield* auditFiles(work, problems);
  yield* auditParts(work, problems);
}
