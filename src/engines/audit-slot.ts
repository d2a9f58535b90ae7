import type { Progress } from "../model/progress.ts";
import { countHelpers } from "../store/audit-helper.ts";
import { checkSlotFiles, type SlotProblem } from "./check-slot-files.ts";
import { RowQueue } from "./row-queue.ts";
import type { SlotAudit, SlotEntry } from "./slot-audit.ts";
import { SlotAuditHelper } from "./slot-audit-helper.ts";

const LARGE_BYTES = 1 << 20;

/**
 * Reads and hashes what the folder of a snapshot must hold, with other threads where that is worth
 * it; `quick`: looks at names and sizes alone. Returns what is not as it should be.
 *
 * @throws E_INTERRUPTED, SystemError
 */
export async function auditSlot(
  slot: string,
  entries: readonly SlotEntry[],
  { quick, progress }: { quick: boolean; progress: Progress },
): Promise<readonly SlotProblem[]> {
  const numbers = entries.map((_, number) => number);
  const isLarge = (number: number): boolean => (entries[number] as SlotEntry).size > LARGE_BYTES;
  const queue = RowQueue.of(numbers, (number) => (isLarge(number) ? "own" : "shared"));
  const audit: SlotAudit = { slot, entries, queue: queue.memory, quick };
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const helpers = Array.from({ length: quick ? 0 : countHelpers(bytes) }, () => {
    return new SlotAuditHelper(audit);
  });
  const problems: SlotProblem[] = [];
  try {
    for (const done of checkSlotFiles(audit, problems)) {
      progress.report({ phase: "hashing", done, total: entries.length });
      await progress.breathe();
    }
    const found = await Promise.all(helpers.map((helper) => helper.done));
    return [...problems, ...found.flat()];
  } finally {
    queue.close();
    for (const helper of helpers) helper.stop();
  }
}
