import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SILENT } from "../../src/model/progress.ts";
import { openStore } from "../../src/store/object-store.ts";
import { HASH_ONLY, hashBytes } from "../../src/tree/content-sink.ts";
import { readIndex } from "../../src/tree/index-file.ts";
import { readChanged } from "../../src/tree/read-changed.ts";
import { FLAG, type ScanTable } from "../../src/tree/scan-table.ts";
import { sealTree } from "../../src/tree/seal-tree.ts";
import { openWorkspaceFolder, scanFolder } from "../../src/tree/workspace-folder.ts";
import { mutations, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { openStage } from "./stage.ts";
import { writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 5);
const SEED = process.env.JVS_FUZZ_SEED;

const NOTHING = hashBytes(new Uint8Array(0));

/** Folders that a restore changed, and whose names it took from the tree that was restored. */
let adopted = 0;

test(`after a restore the index names all as a fresh scan does, ${RUNS} random stories`, async () => {
  await fc.assert(
    fc.asyncProperty(tree, mutations, mutations, async (before, work, unsaved) => {
      using stage = openStage();
      const { jvs, folder } = stage;
      writeTree(folder, before);
      await jvs("init");
      await jvs("snapshot", "A");
      mutateTree(folder, work);
      await jvs("snapshot", "B");
      const isB = namesIn(readTable(folder));
      await jvs("restore", "A");
      const isA = await expectRight(folder);
      await jvs("restore", "B");
      expect(await expectRight(folder)).toEqual(isB);
      mutateTree(folder, unsaved);
      await jvs("restore", "A");
      expect(await expectRight(folder)).toEqual(isA);
      await jvs("undo");
      await expectRight(folder);
    }),
    { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
  expect(adopted).toBeGreaterThan(RUNS);
});

/** So many files in a folder. */
const FILES = 500;
const FOLDERS = ["a", "b", "c/d", "e"];

test("so it does where most files were replaced, and some names came or went", async () => {
  using stage = openStage();
  const { jvs, folder } = stage;
  const write = (content: string, every: number): void => {
    for (const name of FOLDERS)
      for (let at = 0; at < FILES; at++)
        if (at % every === 0) writeFileSync(join(folder, name, `f${at}`), `${content}${at}`);
  };
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true });
  write("one", 1);
  await Bun.sleep(100); // So that no time is too young to prove anything.
  await jvs("init");
  await jvs("snapshot", "A");
  write("two", 2);
  for (const at of [3, 4]) rmSync(join(folder, `b/f${at}`));
  mkdirSync(join(folder, "b/f3"));
  writeFileSync(join(folder, "b/f3/new"), "new");
  symlinkSync("f1", join(folder, "e/link"));
  await Bun.sleep(100);
  await jvs("snapshot", "B");
  const isB = namesIn(readTable(folder));
  await jvs("restore", "A");
  const isA = await expectRight(folder);
  expect(readTable(folder).totals.dead, "it was brought up to date in place").toBeGreaterThan(0);
  await jvs("restore", "B");
  expect(await expectRight(folder)).toEqual(isB);
  write("unsaved", 2);
  await jvs("restore", "A");
  expect(await expectRight(folder)).toEqual(isA);
  await jvs("undo");
  await expectRight(folder);
});

/** Returns what the index names, each path with its content. */
async function expectRight(folder: string): Promise<Record<string, string>> {
  const table = readTable(folder);
  const names = namesIn(table);
  expect(names).toEqual(namesIn(await scanAfresh(folder)));
  const store = openStore(join(folder, ".jvs/objects"));
  for (const row of keptRows(table)) {
    if (!table.has(row, FLAG.stored)) continue;
    const id = table.idOf(row);
    // Folders without names, and fifos, are in no store.
    expect(id === NOTHING || store.isWhole(id), `${table.pathOf(row)} is stored, as it says`).toBe(
      true,
    );
    if (table.isFolder(row)) adopted++;
  }
  return names;
}

function readTable(folder: string): ScanTable {
  return readIndex(join(folder, ".jvs/cache/index.main")) ?? expect.fail("no index");
}

async function scanAfresh(path: string): Promise<ScanTable> {
  using folder = openWorkspaceFolder(path);
  const how = { trustBefore: Number.POSITIVE_INFINITY, progress: SILENT };
  const scan = await scanFolder(folder, { ...how, index: undefined });
  const options = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: false };
  await readChanged(scan, scan.changed, { ...options, ...how });
  sealTree(scan, HASH_ONLY.put, false);
  return scan.table;
}

function namesIn(table: ScanTable): Record<string, string> {
  const facts = (row: number): string => {
    const { kind, mode, size, uid, gid } = table;
    const own = [kind[row], mode[row], size[row], uid[row], gid[row], table.xattrs.get(row)];
    return [table.idOf(row), ...own].join(" ");
  };
  return Object.fromEntries(keptRows(table).map((row) => [table.pathOf(row), facts(row)]));
}

/** The rows that can be reached from the root, as a tree keeps them. */
function keptRows(table: ScanTable): number[] {
  const rows = [0];
  for (const folder of rows) {
    if (!table.isFolder(folder)) continue;
    const first = table.firstChild[folder] as number;
    for (let row = first; row < first + (table.childCount[folder] as number); row++)
      if (table.isKept(row)) rows.push(row);
  }
  return rows;
}
