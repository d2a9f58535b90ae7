import { startWorker } from "../fs/start-worker.ts";
import type { SlotProblem } from "./check-slot-files.ts";
import type { SlotAudit } from "./slot-audit.ts";

export type SlotAuditAnswer = { readonly problems: readonly SlotProblem[] } | { failed: string };

/** Another thread at work on the same folder. */
export class SlotAuditHelper {
  /** What it found, once no files are left. */
  readonly done: Promise<readonly SlotProblem[]>;
  private readonly worker: Worker;

  constructor(audit: SlotAudit) {
    this.worker = startWorker("engines/slot-audit.worker.ts");
    this.done = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<SlotAuditAnswer>) => {
        if ("problems" in data) resolve(data.problems);
        else reject(new Error(data.failed));
      };
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage(audit);
    });
    // Looked at later; until then a failure must not end the process.
    this.done.catch(() => undefined);
  }

  stop(): void {
    this.worker.terminate();
  }
}
