import { checkSlotFiles, type SlotProblem } from "./check-slot-files.ts";
import type { SlotAudit } from "./slot-audit.ts";
import type { SlotAuditAnswer } from "./slot-audit-helper.ts";

/** A further thread of a long verification: reads and hashes its share of a snapshot's folder. */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<SlotAudit>): void => {
  self.postMessage(check(data));
};

function check(audit: SlotAudit): SlotAuditAnswer {
  const problems: SlotProblem[] = [];
  try {
    for (const _ of checkSlotFiles(audit, problems));
    return { problems };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
