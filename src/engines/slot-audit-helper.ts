import type { SlotProblem } from "./check-slot-files.ts";
import type { SlotAudit } from "./slot-audit.ts";

export type SlotAuditAnswer = { readonly problems: readonly SlotProblem[] } | { failed: string };

/** Another thread at work on the same folder. */
export class SlotAuditHelper {
  /** What it found, once no files are left. */
  readonly done: Promise<readonly SlotProblem[]>;
  private readonly worker: Worker;

  constructor(audit: SlotAudit) {
    // In the binary all modules lie in one place; nothing is ever looked up in the current folder.
    const isCompiled = import.meta.url.includes("/$bunfs/");
    const file = isCompiled ? "engines/slot-audit.worker.ts" : "./slot-audit.worker.ts";
    this.worker = new Worker(new URL(file, import.meta.url));
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
