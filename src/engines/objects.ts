import { failPoint } from "../model/fail-point.ts";
import { readChanged } from "../tree/read-changed.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { Captured, CaptureInput, Engine } from "./engine.ts";

/** The content-addressed store: at home on every file system, costs what changed. */
export const objectsEngine: Engine = {
  name: "objects",
  probe: () => ({ usable: true }),
  capture,
};

async function capture(input: CaptureInput): Promise<Captured> {
  const { scan, workspace, writer } = input;
  await readChanged(scan, rowsToStore(scan.changed, scan.unstored), {
    ...input,
    root: workspace.fd,
    sink: writer,
    stores: true,
  });
  failPoint("captured");
  const tree = sealTree(scan, (bytes) => writer.put(bytes), true);
  failPoint("sealed");
  return { tree, losses: scan.losses };
}

function rowsToStore(changed: readonly number[], unstored: readonly number[]): readonly number[] {
  if (unstored.length === 0) return changed;
  return [...changed, ...unstored].sort((one, other) => one - other);
}
