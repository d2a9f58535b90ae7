import type { Loss, ObjectId } from "../model/entry.ts";
import { useJuiceWay } from "../model/juice-way.ts";
import { SILENT } from "../model/progress.ts";
import { openStore, type PackWriter } from "../store/object-store.ts";
import { syncWritten } from "../store/sync-written.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadLog } from "../tree/read-options.ts";
import { openSharedTable } from "../tree/share-table.ts";
import { RowQueue } from "./row-queue.ts";
import type { InstallTask, StoreAnswer, StoreShare, StoreTask } from "./store-messages.ts";
import { describeFailure } from "./thread-failure.ts";

/** The second thread of a large snapshot: reads, hashes, packs and syncs its share of the files. */
declare const self: Worker;

let writer: PackWriter | undefined;

self.onmessage = async ({ data }: MessageEvent<StoreTask | InstallTask>): Promise<void> => {
  try {
    answer(data.kind === "store" ? await store(data) : install());
  } catch (error) {
    answer(describeFailure(error));
  }
};

function answer(message: StoreAnswer): void {
  self.postMessage(message);
}

async function store(task: StoreTask): Promise<StoreShare> {
  useJuiceWay(task.juiceWay);
  const table = openSharedTable(task.table);
  const losses: Loss[] = [];
  const discounted: number[] = [];
  const dirty: number[] = [];
  const log: ReadLog = {
    table,
    losses,
    discount: (row) => void discounted.push(row),
    markDirty: (folder) => void dirty.push(folder),
  };
  writer = openStore(task.objects).openWriter(task.draft, task.level);
  const { root, allowUnstable, trustBefore, stores, withAttributes } = task;
  const rows = new RowQueue(task.queue).take();
  await readChanged(log, rows, {
    root,
    allowUnstable,
    trustBefore,
    ...(stores ? { sink: writer } : { sink: HASH_ONLY, records: writer }),
    stores,
    withAttributes,
    progress: SILENT,
  });
  await syncWritten(writer.end());
  const xattrs: [number, ObjectId][] = [...table.xattrs];
  const { storedBytes, objectCount } = writer;
  return {
    kind: "stored",
    losses,
    xattrs,
    discounted,
    dirty,
    storedBytes,
    hasStored: objectCount > 0,
  };
}

function install(): StoreAnswer {
  writer?.install();
  return { kind: "installed" };
}
