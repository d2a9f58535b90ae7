import { isElsewhere } from "../fs/mounts.ts";
import { juiceWay } from "../model/juice-way.ts";
import { SMALL_BYTES } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadOptions } from "../tree/read-options.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND, type ScanTable } from "../tree/scan-table.ts";
import { shareTable } from "../tree/share-table.ts";
import type { CaptureInput, SecondPack } from "./engine.ts";
import { RowQueue } from "./row-queue.ts";
import { mergeShare, StoreHelper } from "./store-helper.ts";
import type { StoreShare, StoreTask } from "./store-messages.ts";

/** From here on a second thread is worth its start, some 10 ms. */
const MANY_ROWS = 2000;
const MANY_BYTES = 32 << 20;
/** Where each file is some questions to a program or a machine elsewhere, threads mostly wait. */
const HELPERS = { here: 1, elsewhere: 3 } as const;

export interface TogetherOptions
  extends ReadOptions,
    Pick<CaptureInput, "objects" | "draft" | "level"> {}

/**
 * Reads `rows` as {@link readChanged} does, with the help of other threads where there is much of it:
 * all take from one queue, each writes a pack of its own. What several find by chance is stored
 * several times, which gc mends. Undefined where no help was needed.
 *
 * @throws what readChanged throws, from any thread
 */
export async function readTogether(
  scan: Scan,
  rows: readonly number[],
  options: TogetherOptions,
): Promise<SecondPack | undefined> {
  if (options.standIn === undefined && isLarge(scan.table, rows))
    return await readWithHelp(scan, rows, options);
  await readChanged(scan, rows, { ...options, hasIdleCore: navigator.hardwareConcurrency > 1 });
  return undefined;
}

/** One file alone is read by one thread, however large; another one may hash it. */
function isLarge({ size, kind }: ScanTable, rows: readonly number[]): boolean {
  if (rows.length >= MANY_ROWS) return true;
  const files = rows.filter((row) => kind[row] === KIND.file);
  return (
    files.length > 1 && files.reduce((sum, row) => sum + (size[row] as number), 0) >= MANY_BYTES
  );
}

async function readWithHelp(
  scan: Scan,
  rows: readonly number[],
  options: TogetherOptions,
): Promise<SecondPack> {
  const { kind, size } = scan.table;
  const folders = rows.filter((row) => kind[row] === KIND.folder);
  const queue = RowQueue.of(rows, (row) => {
    if (kind[row] === KIND.folder) return "none";
    return (size[row] as number) > SMALL_BYTES ? "own" : "shared";
  });
  const length = isElsewhere(options.root) ? HELPERS.elsewhere : HELPERS.here;
  const helpers = Array.from({ length }, () => new StoreHelper());
  try {
    const task = taskOf(scan, queue, options);
    const shares = Promise.all(helpers.map((helper) => helper.store(task)));
    // Folders have attributes alone; and a queue that is closed ends the other threads' work too.
    await alongside(shares, readChanged(scan, folders, options), queue);
    // A single large file is taken here, before the others have started: one may help with that.
    const hasIdleCore = queue.large === 1;
    await alongside(shares, readChanged(scan, queue.take(), { ...options, hasIdleCore }), queue);
    const found = await shares;
    for (const share of found) mergeShare(scan, share);
    return secondPack(helpers, found);
  } catch (error) {
    for (const helper of helpers) helper.stop();
    throw error;
  }
}

/** Waits for our part; when one side fails, the others are not left working. */
async function alongside(
  theirs: Promise<readonly StoreShare[]>,
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

function taskOf(scan: Scan, queue: RowQueue, options: TogetherOptions): StoreTask {
  const { root, objects, draft, stores, withAttributes = true, level } = options;
  const { allowUnstable, trustBefore } = options;
  return {
    kind: "store",
    table: shareTable(scan.table),
    queue: queue.memory,
    root,
    objects,
    draft,
    stores,
    withAttributes,
    allowUnstable,
    trustBefore,
    ...(level === undefined ? {} : { level }),
    juiceWay: juiceWay(),
  };
}

function secondPack(helpers: readonly StoreHelper[], shares: readonly StoreShare[]): SecondPack {
  return {
    storedBytes: shares.reduce((sum, share) => sum + share.storedBytes, 0),
    hasStored: shares.some((share) => share.hasStored),
    async install() {
      for (const helper of helpers) await helper.install();
    },
    stop() {
      for (const helper of helpers) helper.stop();
    },
  };
}
