import { startWorker } from "../fs/start-worker.ts";
import { SystemError } from "../model/errors.ts";
import type { AuditAnswer, AuditProblem, AuditWork } from "./audit-work.ts";

/** Below this many bytes another thread is not worth its start. */
const WORTH_A_THREAD = 16 << 20;
const MOST_THREADS = 8;

/** How many threads should help with that many bytes, besides this one. */
export function countHelpers(bytes: number): number {
  const cores = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  return Math.max(0, Math.min(cores - 1, Math.floor(bytes / WORTH_A_THREAD)));
}

/** Another thread at work on the same parts. */
export class AuditHelper {
  /** What it found, once no parts are left. */
  readonly done: Promise<readonly AuditProblem[]>;
  private readonly worker: Worker;

  constructor(work: AuditWork) {
    this.worker = startWorker("store/audit.worker.ts");
    this.done = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }: MessageEvent<AuditAnswer>) => {
        if (data.kind === "audited") resolve(data.problems);
        else reject(revive(data));
      };
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage(work);
    });
    // Looked at later; until then a failure must not end the process.
    this.done.catch(() => undefined);
  }

  stop(): void {
    this.worker.terminate();
  }
}

function revive({ message, system }: Extract<AuditAnswer, { kind: "failed" }>): Error {
  return system === undefined
    ? new Error(message)
    : new SystemError(system.code, system.action, system.path);
}
