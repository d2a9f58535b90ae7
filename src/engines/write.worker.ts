import { useJuiceWay } from "../model/juice-way.ts";
import { SILENT } from "../model/progress.ts";
import { type ObjectStore, openStore } from "../store/object-store.ts";
import { syncWritten } from "../tree/apply/claim-root.ts";
import { fillFolders } from "../tree/apply/fill-folders.ts";
import { FillQueue } from "../tree/apply/fill-queue.ts";
import { LiveFiles } from "../tree/apply/live-files.ts";
import { openSharedIndex } from "../tree/index-file.ts";
import { openSharedTable } from "../tree/share-table.ts";
import { openSlots, SlotFiles } from "./slot-files.ts";
import { describeFailure } from "./thread-failure.ts";
import type { SyncTask, WriteAnswer, WriteShare, WriteTask } from "./write-messages.ts";

/** The second thread of a fork: writes its share of the files, and waits for the disk. */
declare const self: Worker;

self.onmessage = async ({ data }: MessageEvent<WriteTask | SyncTask>): Promise<void> => {
  try {
    if (data.kind === "write") answer(await write(data));
    else {
      syncWritten(data.fd);
      answer({ kind: "synced" });
    }
  } catch (error) {
    answer(describeFailure(error));
  }
};

function answer(message: WriteAnswer): void {
  self.postMessage(message);
}

async function write(task: WriteTask): Promise<WriteShare> {
  useJuiceWay(task.juiceWay);
  const { root, folders, later, owner, origin } = task;
  const written = task.table && openSharedTable(task.table);
  const work = { root, folders, later, queue: new FillQueue(task.queue), table: written };
  const other = new SlotFiles(() => openSlots(task.slots, (id) => content.read(id)));
  const content: ObjectStore = openStore(task.objects, { other });
  const table = origin && openSharedIndex(origin.index);
  using live = origin && table && new LiveFiles({ root: origin.root, table });
  const context = { content, owner, progress: SILENT, ...(live && { live }) };
  const issues = await fillFolders(work, context);
  return { kind: "written", issues, xattrs: written?.xattrs ?? new Map() };
}
