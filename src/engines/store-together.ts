import { SMALL_BYTES } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadOptions } from "../tree/read-options.ts";
import { KIND } from "../tree/scan-table.ts";
import { shareTable } from "../tree/share-table.ts";
import type { CaptureInput, SecondPack } from "./engine.ts";
import { RowQueue } from "./row-queue.ts";
import { mergeShare, StoreHelper } from "./store-helper.ts";
import type { StoreShare, StoreTask } from "./store-messages.ts";

/**
 * Reads and stores rows with a second thread: both take from one queue, each writes a pack of its
 * own. What both find by chance is stored twice, which gc mends.
 *
 * @throws what readChanged throws, from either thread
 */
export async function storeTogether(
  input: CaptureInput,
  rows: readonly number[],
  options: ReadOptions,
): Promise<SecondPack> {
  const { scan } = input;
  const { kind, size } = scan.table;
  const isFolder = (row: number): boolean => kind[row] === KIND.folder;
  const others = Map.groupBy(
    rows.filter((row) => !isFolder(row)),
    (row) => (size[row] as number) > SMALL_BYTES,
  );
  const queue = RowQueue.of(others.get(true) ?? [], others.get(false) ?? []);
  const helper = new StoreHelper();
  try {
    const share = helper.store(taskOf(input, queue));
    // Folders have attributes alone; and a queue that is closed ends the other thread's work too.
    await alongside(share, readChanged(scan, rows.filter(isFolder), options), queue);
    await alongside(share, readChanged(scan, queue.take(), options), queue);
    const found = await share;
    mergeShare(scan, found);
    return secondPack(helper, found);
  } catch (error) {
    helper.stop();
    throw error;
  }
}

/** Waits for our part; when one side fails, the other is not left working. */
async function alongside(
  theirs: Promise<StoreShare>,
  ours: Promise<void>,
  queue: RowQueue,
): Promise<void> {
  theirs.catch(() => queue.close());
  try {
    await ours;
  } catch (error) {
    queue.close();
    await theirs.catch(() => undefined);
    throw error;
  }
}

function taskOf(input: CaptureInput, queue: RowQueue): StoreTask {
  const { scan, workspace, objects, draft, allowUnstable, trustBefore, level } = input;
  return {
    kind: "store",
    table: shareTable(scan.table),
    queue: queue.memory,
    root: workspace.fd,
    objects,
    draft,
    allowUnstable,
    trustBefore,
    ...(level === undefined ? {} : { level }),
  };
}

function secondPack(helper: StoreHelper, { storedBytes, hasStored }: StoreShare): SecondPack {
  return {
    storedBytes,
    hasStored,
    install: () => helper.install(),
    stop: () => helper.stop(),
  };
}
