import { listDescriptors } from "../../repo/descriptors.ts";
import { inspectLog } from "../../repo/inspect-log.ts";
import { listIntents } from "../../repo/intents.ts";
import { refsOfKnown } from "../../repo/known-faults.ts";
import { appendOperation, syncLog } from "../../repo/operation-log.ts";
import { listWorktrees } from "../../repo/worktrees.ts";
import type { Exam } from "./exam.ts";
import { listLogBreaks } from "./log-breaks.ts";
import type { RepairNotes } from "./repair-notes.ts";

/** So many are named in the reason; the rest is counted. */
const MOST_NAMED = 5;

/**
 * Says in the log itself what is wrong with it, so that it is known from then on. Nothing in it is
 * rewritten: whoever wants to know still finds all that is there.
 */
export function acknowledgeLog({ ctx, ...exam }: Exam, done: RepairNotes): void {
  const { repo } = exam;
  const now: Exam = {
    ...exam,
    ctx,
    descriptors: listDescriptors(repo),
    worktrees: listWorktrees(repo),
    intents: listIntents(repo),
    log: inspectLog(repo.layout),
  };
  const fresh = [...listLogBreaks(now)].filter(({ key }) => !now.log.acknowledged.has(key));
  if (fresh.length === 0) return;
  const named = fresh.slice(0, MOST_NAMED).map(({ why }) => why);
  const more = fresh.length > MOST_NAMED ? [`and ${fresh.length - MOST_NAMED} more`] : [];
  appendOperation(repo, {
    operation: "doctor",
    actor: ctx.actor,
    target: repo.record.repo_id,
    reason: `takes note of what is wrong with the log: ${[...named, ...more].join("; ")}`,
    refs: refsOfKnown(fresh.map(({ key }) => key)),
    now: ctx.now(),
  });
  syncLog(repo);
  done.add("acknowledge_log", fresh.length, `took note of ${fresh.length} faults of the log in it`);
}
