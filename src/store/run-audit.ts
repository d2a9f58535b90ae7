import type { Progress } from "../model/progress.ts";
import { auditAll } from "./audit-all.ts";
import { AuditHelper, countHelpers } from "./audit-helper.ts";
import { type AuditProblem, type AuditWork, closeWork, countObjects } from "./audit-work.ts";
import type { PlannedAudit } from "./plan-audit.ts";

/**
 * Reads and hashes what was planned, with other threads where that is worth it.
 *
 * @throws E_INTERRUPTED, or the system's error for a pack that cannot be read
 */
export async function runAudit(
  { work, bytes }: PlannedAudit,
  progress: Progress,
): Promise<AuditProblem[]> {
  const helpers = Array.from({ length: countHelpers(bytes) }, () => new AuditHelper(work));
  const problems: AuditProblem[] = [];
  try {
    for (const _ of auditAll(work, problems)) {
      tell(work, progress);
      await progress.breathe();
    }
    const found = await Promise.all(helpers.map(({ done }) => done));
    return [...problems, ...found.flat()];
  } finally {
    closeWork(work);
    for (const helper of helpers) helper.stop();
  }
}

function tell(work: AuditWork, progress: Progress): void {
  const [, done = 0, mebibytes = 0] = new Int32Array(work.progress);
  progress.report({
    phase: "hashing",
    done,
    total: countObjects(work),
    bytes: mebibytes * 2 ** 20,
  });
}
