import { startWorker } from "../fs/start-worker.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { InstallTask, StoreAnswer, StoreShare, StoreTask } from "./store-messages.ts";
import { reviveFailure } from "./thread-failure.ts";

/** A second thread at work on the same snapshot. */
export class StoreHelper {
  private readonly worker: Worker;
  private waiting: { resolve(answer: StoreAnswer): void; reject(error: Error): void } | undefined;

  constructor() {
    this.worker = startWorker("engines/store.worker.ts");
    this.worker.onmessage = ({ data }: MessageEvent<StoreAnswer>) => this.waiting?.resolve(data);
    this.worker.onerror = (event) => this.waiting?.reject(new Error(event.message));
  }

  /** Begins its share of the work; the answer comes when the queue is empty. */
  store(task: StoreTask): Promise<StoreShare> {
    return this.ask(task) as Promise<StoreShare>;
  }

  async install(): Promise<void> {
    await this.ask({ kind: "install" });
  }

  stop(): void {
    this.worker.terminate();
  }

  private async ask(task: StoreTask | InstallTask): Promise<StoreAnswer> {
    const answer = await new Promise<StoreAnswer>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.postMessage(task);
    });
    if (answer.kind === "failed") throw reviveFailure(answer);
    return answer;
  }
}

/** Adds what the second thread found to the scan. */
export function mergeShare(scan: Scan, share: StoreShare): void {
  scan.losses.push(...share.losses);
  for (const [row, id] of share.xattrs) scan.table.xattrs.set(row, id);
  for (const row of share.discounted) scan.discount(row);
  for (const folder of share.dirty) scan.markDirty(folder);
}
