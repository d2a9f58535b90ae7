import { startWorker } from "../fs/start-worker.ts";
import { juiceWay } from "../model/juice-way.ts";
import type { RestoreIssue } from "../model/reports.ts";
import { syncWritten } from "../tree/apply/claim-root.ts";
import { type FillWork, fillFolders } from "../tree/apply/fill-folders.ts";
import { LiveFiles, type LiveOrigin } from "../tree/apply/live-files.ts";
import type { WriteContext } from "../tree/apply/write-context.ts";
import { shareTable } from "../tree/share-table.ts";
import type { StoredSlot } from "./slot-files.ts";
import { reviveFailure } from "./thread-failure.ts";
import type { SyncTask, WriteAnswer, WriteShare, WriteTask } from "./write-messages.ts";

/** From here on a second thread is worth its start, some 10 ms. */
const MANY_ENTRIES = 1000;

export interface TreeFillerOptions {
  /** The folder of the store. */
  readonly objects: string;
  /** The folders of snapshots, those first that are likely to be needed. */
  readonly slots: readonly StoredSlot[];
  /** Names in the tree that is to be written. */
  readonly entries: number;
  /** A workspace to share blocks with. */
  readonly origin: LiveOrigin | undefined;
}

/** Fills the folders of a new workspace: with a second thread, where there is much. */
export class TreeFiller implements Disposable {
  private readonly options: TreeFillerOptions;
  /** Starts at once, while this thread has other things to do first. */
  private readonly worker: Worker | undefined;
  private waiting: { resolve(answer: WriteAnswer): void; reject(error: Error): void } | undefined;

  constructor(options: TreeFillerOptions) {
    this.options = options;
    if (options.entries >= MANY_ENTRIES) this.worker = this.startWorker();
  }

  [Symbol.dispose](): void {
    this.worker?.terminate();
  }

  /** @throws what fillFolders throws, from either thread */
  async fill(work: FillWork, context: WriteContext): Promise<RestoreIssue[]> {
    const { origin } = this.options;
    using live = origin && new LiveFiles(origin);
    const ours = live === undefined ? context : { ...context, live };
    if (this.worker === undefined) return await fillFolders(work, ours);
    const theirs = this.ask(this.worker, this.taskOf(work, context));
    // A queue that is closed ends the other thread's work, too.
    theirs.catch(() => work.queue.close());
    try {
      const issues = await fillFolders(work, ours);
      const share = (await theirs) as WriteShare;
      for (const [row, id] of share.xattrs) work.table?.xattrs.set(row, id);
      return [...issues, ...share.issues];
    } catch (error) {
      work.queue.close();
      await theirs.catch(() => undefined);
      throw error;
    }
  }

  /** Makes all that was written durable; meanwhile this thread may go on, where there is another one. */
  async sync(root: number): Promise<void> {
    if (this.worker === undefined) syncWritten(root);
    else await this.ask(this.worker, { kind: "sync", fd: root });
  }

  private taskOf(
    { root, folders, queue, later, table }: FillWork,
    { owner }: WriteContext,
  ): WriteTask {
    const { objects, slots, origin } = this.options;
    const index = origin?.table.file;
    return {
      kind: "write",
      root,
      folders,
      queue: queue.memory,
      later,
      table: table && shareTable(table),
      objects,
      slots,
      owner,
      juiceWay: juiceWay(),
      ...(origin && index ? { origin: { root: origin.root, index } } : {}),
    };
  }

  private startWorker(): Worker {
    const worker = startWorker("engines/write.worker.ts");
    worker.onmessage = ({ data }: MessageEvent<WriteAnswer>) => this.waiting?.resolve(data);
    worker.onerror = (event) => this.waiting?.reject(new Error(event.message));
    return worker;
  }

  private async ask(worker: Worker, task: WriteTask | SyncTask): Promise<WriteAnswer> {
    const answer = await new Promise<WriteAnswer>((resolve, reject) => {
      this.waiting = { resolve, reject };
      worker.postMessage(task);
    });
    if (answer.kind === "failed") throw reviveFailure(answer);
    return answer;
  }
}
