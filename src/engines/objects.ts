import { failPoint } from "../model/fail-point.ts";
import { type ReadOptions, readChanged } from "../tree/read-changed.ts";
import { KIND, type ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { Captured, CaptureInput, Engine, SecondPack } from "./engine.ts";
import { storeTogether } from "./store-together.ts";

/** The content-addressed store: at home on every file system, costs what changed. */
export const objectsEngine: Engine = {
  name: "objects",
  probe: () => ({ usable: true }),
  capture,
};

/** From here on a second thread is worth its start, some 10 ms. */
const MANY_ROWS = 2000;
const MANY_BYTES = 32 << 20;

async function capture(input: CaptureInput): Promise<Captured> {
  const { scan, workspace, writer, allowUnstable, trustBefore, progress } = input;
  const rows = rowsToStore(scan.changed, scan.unstored);
  const options: ReadOptions = {
    root: workspace.fd,
    sink: writer,
    stores: true,
    allowUnstable,
    trustBefore,
    progress,
    total: rows.length,
  };
  let second: SecondPack | undefined;
  if (isLarge(scan.table, rows)) second = await storeTogether(input, rows, options);
  else await readChanged(scan, rows, options);
  failPoint("captured");
  const tree = sealTree(scan, (bytes) => writer.put(bytes), true);
  failPoint("sealed");
  return { tree, losses: scan.losses, ...(second === undefined ? {} : { second }) };
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
