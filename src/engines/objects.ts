import { failPoint } from "../model/fail-point.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { ReadOptions } from "../tree/read-options.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { Captured, CaptureInput, Engine } from "./engine.ts";
import { readTogether } from "./read-together.ts";

/** The content-addressed store: at home on every file system, costs what changed. */
export const objectsEngine: Engine = {
  name: "objects",
  keepsFolders: false,
  probe: () => ({ usable: true }),
  capture,
};

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

/** Stores the content of `rows`, with the help of other threads where there is much of it. */
async function store(
  input: CaptureInput,
  rows: readonly number[],
): Promise<Pick<Captured, "second">> {
  const { scan, objects, draft, level } = input;
  const options = { ...readOptions(input), total: rows.length, objects, draft };
  const second = await readTogether(scan, rows, {
    ...options,
    ...(level === undefined ? {} : { level }),
  });
  return second === undefined ? {} : { second };
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
