import { failPoint } from "../model/fail-point.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadOptions } from "../tree/read-options.ts";
import { KIND, type ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { Captured, CaptureInput, Engine } from "./engine.ts";
import { storeTogether } from "./store-together.ts";

/** The content-addressed store: at home on every file system, costs what changed. */
export const objectsEngine: Engine = {
  name: "objects",
  keepsFolders: false,
  probe: () => ({ usable: true }),
  capture,
};

/** From here on a second thread is worth its start, some 10 ms. */
const MANY_ROWS = 2000;
const MANY_BYTES = 32 << 20;

async function capture(input: CaptureInput): Promise<Captured> {
  const { scan, writer, partial } = input;
  const rows = rowsToStore(scan.changed, scan.unstored);
  if (partial !== undefined) return await capturePartial(input, rows, partial);
  const second = await store(input, rows);
  failPoint("captured");
  const tree = sealTree(scan, (bytes) => writer.put(bytes), true);
  failPoint("sealed");
  return { tree, losses: scan.losses, ...second, isIndexExact: true };
}

/** Reads all that changed, to name it, and stores what is in the paths. */
async function capturePartial(
  input: CaptureInput,
  rows: readonly number[],
  partial: PartialScope,
): Promise<Captured> {
  const { scan, writer } = input;
  const { partialLosses, sealPartial, splitRows } = await import("../tree/partial-tree.ts");
  const { inside } = splitRows(scan, rows, partial);
  const { outside } = splitRows(scan, scan.changed, partial);
  await readChanged(scan, outside, { ...readOptions(input), sink: HASH_ONLY, stores: false });
  const second = await store(input, inside);
  const tree = sealPartial(scan, partial, (bytes) => writer.put(bytes));
  return { tree, losses: partialLosses(scan.losses, partial), ...second, isIndexExact: true };
}

/** Stores the content of `rows`, with the help of a second thread when there is much of it. */
async function store(
  input: CaptureInput,
  rows: readonly number[],
): Promise<Pick<Captured, "second">> {
  const { scan } = input;
  const options = { ...readOptions(input), total: rows.length };
  if (isLarge(scan.table, rows)) return { second: await storeTogether(input, rows, options) };
  await readChanged(scan, rows, options);
  return {};
}

function readOptions(input: CaptureInput): ReadOptions {
  const { workspace, writer, allowUnstable, trustBefore, progress } = input;
  return {
    root: workspace.fd,
    sink: writer,
    stores: true,
    allowUnstable,
    trustBefore,
    progress,
  };
}

function rowsToStore(changed: readonly number[], unstored: readonly number[]): readonly number[] {
  if (unstored.length === 0) return changed;
  return [...changed, ...unstored].sort((one, other) => one - other);
}

/** One file alone is read by one thread, however large. */
function isLarge({ size, kind }: ScanTable, rows: readonly number[]): boolean {
  if (rows.length >= MANY_ROWS) return true;
  const files = rows.filter((row) => kind[row] === KIND.file);
  return (
    files.length > 1 && files.reduce((sum, row) => sum + (size[row] as number), 0) >= MANY_BYTES
  );
}
