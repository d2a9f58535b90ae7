import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { passTick } from "../../test/pass-tick.ts";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { type CompareOptions, compareRows, touchedBy } from "./compare-rows.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { mapIndex, writeIndex } from "./index-file.ts";
import { readChanged } from "./read-changed.ts";
import { scanWorkspace } from "./scan.ts";
import type { Scan, ScanOptions } from "./scan-result.ts";
import type { ScanTable } from "./scan-table.ts";
import type { Touched } from "./touched.ts";
import { openWorkspaceFolder } from "./workspace-folder.ts";

/** Where no compiler was at hand when this was built, there is nothing to test. */
export const natively: ReturnType<typeof test.skipIf> = test.skipIf(JVS_NATIVE === "");

/** Times are believed at once. */
export const OPTIONS: Omit<ScanOptions, "root" | "index"> = {
  progress: SILENT,
  trustBefore: Number.POSITIVE_INFINITY,
  skip: ".jvs" as RawPath,
  leastRows: 0,
};

export interface Box extends Disposable {
  at(...path: string[]): string;
  /** Scans in full, with an index or without one, as a snapshot would. */
  scan(index?: ScanTable): Promise<Scan>;
  /** Writes an index of what is there now, or of another scan. What is changed later has later times. */
  save(scan?: Scan): Promise<void>;
  table(): ScanTable;
  /** What native code marks in the index. */
  marked(table?: ScanTable, options?: { trustBefore: number }): Promise<string[]>;
}

export function makeBox(): Box {
  const root = mkdtempSync(join(tmpdir(), "jvs-compare-"));
  const index = join(root, "index");
  const at = (...path: string[]): string => join(root, "w", ...path);
  mkdirSync(at());
  const box: Box = {
    at,
    async scan(table) {
      using folder = openWorkspaceFolder(at());
      const found = await scanWorkspace({ ...OPTIONS, root: folder.fd, index: table });
      return await finish(found, folder.fd);
    },
    async save(scan) {
      writeIndex(index, (scan ?? (await box.scan())).table);
      passTick(root);
    },
    table() {
      const table = mapIndex(index);
      if (table === undefined) throw new Error("no index");
      return table;
    },
    async marked(table = box.table(), options) {
      using folder = openWorkspaceFolder(at());
      const touched = await findTouched(table, { ...OPTIONS, ...options, root: folder.fd });
      return [...(touched?.paths ?? ["nothing was compared"])].sort();
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
  return box;
}

/** What is not as in the index, where that is little; see compareRows. */
export async function findTouched(
  index: ScanTable,
  { skip, ...options }: CompareOptions & { readonly skip: RawPath },
): Promise<Touched | undefined> {
  const marks = await compareRows(index, options);
  return marks && touchedBy(index, marks, skip);
}

export async function finish(scan: Scan, root: number): Promise<Scan> {
  const reading = { root, sink: HASH_ONLY, stores: true, allowUnstable: false, ...OPTIONS };
  await readChanged(scan, scan.changed, reading);
  return scan;
}
