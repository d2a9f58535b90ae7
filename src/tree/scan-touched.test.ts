import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { mapIndex, moveIndexTokens, readIndex, writeIndex } from "./index-file.ts";
import { readChanged } from "./read-changed.ts";
import type { Scan } from "./scan-result.ts";
import type { ScanTable } from "./scan-table.ts";
import { scanTouched } from "./scan-touched.ts";
import { sealTree } from "./seal-tree.ts";
import { openWorkspaceFolder, scanFolder } from "./workspace-folder.ts";

interface Box extends Disposable {
  readonly folder: string;
  readonly index: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Scans in full, stores, and writes the index. */
  save(): Promise<Scan>;
  touched(paths: readonly string[], trees?: readonly string[]): Promise<Scan | undefined>;
}

/** Times in it are believed at once: what is not touched is not looked at. */
const ALWAYS = Number.POSITIVE_INFINITY;
const OPTIONS = { trustBefore: ALWAYS, progress: SILENT };

function makeBox(files: Readonly<Record<string, string>>): Box {
  const root = mkdtempSync(join(tmpdir(), "jvs-touched-"));
  const box: Box = {
    folder: join(root, "w"),
    index: join(root, "index"),
    write(more) {
      for (const [name, content] of Object.entries(more)) {
        mkdirSync(join(box.folder, name, ".."), { recursive: true });
        writeFileSync(join(box.folder, name), content);
      }
    },
    async save() {
      using folder = openWorkspaceFolder(box.folder);
      const scan = await scanFolder(folder, { ...OPTIONS, index: readIndex(box.index) });
      await finish(scan, folder.fd);
      writeIndex(box.index, scan.table);
      return scan;
    },
    async touched(paths, trees = []) {
      using folder = openWorkspaceFolder(box.folder);
      const index = mapIndex(box.index);
      if (index === undefined) throw new Error("no index");
      const touched = { paths: paths as RawPath[], trees: trees as RawPath[] };
      const skip = ".jvs" as RawPath;
      const scan = await scanTouched({ ...OPTIONS, root: folder.fd, skip, index, touched });
      if (scan !== undefined) await finish(scan, folder.fd);
      return scan;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
  box.write(files);
  return box;
}

async function finish(scan: Scan, root: number): Promise<void> {
  const options = { root, sink: HASH_ONLY, stores: true, allowUnstable: true, ...OPTIONS };
  await readChanged(scan, scan.changed, options);
  sealTree(scan, HASH_ONLY.put, true);
}

/** But for folders, whose times change with their names. */
function pathsOf({ table }: Scan, rows: readonly number[]): string[] {
  const files = rows.filter((row) => !table.isFolder(row));
  return files.map((row) => table.pathOf(row)).sort();
}

test("what nobody touched is not looked at", async () => {
  using box = makeBox({ "a/one": "1", "a/two": "2", "b/three": "3" });
  await box.save();
  box.write({ "a/one": "changed", "b/three": "changed" });
  const scan = (await box.touched(["a/one"])) as Scan;
  expect(pathsOf(scan, scan.changed)).toEqual(["a/one"]);
  const both = (await box.touched(["a/one", "b/three"])) as Scan;
  expect(pathsOf(both, both.changed)).toEqual(["a/one", "b/three"]);
});

test("files that took the places of others are found, and the rows of their folder stay", async () => {
  using box = makeBox({ "a/one": "1", "a/two": "2", "a/deep/three": "3", x: "x" });
  const before = await box.save();
  for (const name of ["a/one", "a/deep/three"]) {
    box.write({ "a/beside": "changed" });
    renameSync(join(box.folder, "a/beside"), join(box.folder, name));
  }
  const scan = (await box.touched(["a", "a/deep"])) as Scan;
  expect(pathsOf(scan, scan.changed)).toEqual(["a/deep/three", "a/one"]);
  const { firstChild, parent } = scan.table;
  const folder = parent[scan.changed.find((row) => !scan.table.isFolder(row)) ?? -1] as number;
  expect(firstChild[folder]).toBe(before.table.firstChild[folder]);
  expect(scan.table.idOf(0)).toBe((await box.save()).table.idOf(0));
  // One that came is another matter: names that were not there have no rows.
  box.write({ "a/came": "4" });
  const more = (await box.touched(["a"])) as Scan;
  expect(pathsOf(more, more.changed)).toEqual(["a/came"]);
});

test("a scan in place leaves the file of the index as it is, and can be written in its place", async () => {
  using box = makeBox({ "a/one": "1", "b/two": "2" });
  const before = await box.save();
  box.write({ "a/new/deep": "4", "a/one": "changed" });
  const scan = (await box.touched(["a/one"], ["a/new"])) as Scan;
  expect(readIndex(box.index)?.totals).toEqual({ ...before.table.totals, dead: 0 });
  writeIndex(box.index, scan.table);
  expect(readIndex(box.index)?.totals.entries).toBe(6);
  // A full scan of the same finds nothing to do.
  const again = await box.save();
  expect(pathsOf(again, again.changed)).toEqual([]);
  expect(again.table.idOf(0)).toBe(scan.table.idOf(0));
});

test("nobody writes into an index that is mapped", async () => {
  using box = makeBox({ one: "1", two: "2" });
  await box.save();
  const mapped = mapIndex(box.index);
  box.write({ three: "3" });
  await box.save();
  expect(mapped?.totals.entries).toBe(2);
  expect(mapped?.nameOf(1)).not.toBe("");
  expect(readIndex(box.index)?.totals.entries).toBe(3);
});

test("other rules are a matter for a full scan; the same ones are not", async () => {
  using box = makeBox({ ".jvsignore": "*.log\n", "sub/x.log": "", "sub/y": "" });
  await box.save();
  expect((await box.touched([".jvsignore", "sub"]))?.ignored).toBe(1);
  box.write({ "sub/z.log": "" });
  expect((await box.touched(["sub/z.log"]))?.ignored).toBe(2);
  box.write({ ".jvsignore": "*.txt\n" });
  expect(await box.touched([".jvsignore"])).toBeUndefined();
  renameSync(join(box.folder, ".jvsignore"), join(box.folder, "sub/.jvsignore"));
  await box.save();
  rmSync(join(box.folder, "sub/.jvsignore"));
  expect(await box.touched(["sub"])).toBeUndefined();
});

test.each([
  { name: "x.log", told: { paths: ["x.log"] } },
  { name: "out/x", told: { paths: ["out/x"] } },
  { name: "out/new/x", told: { paths: [], trees: ["out/new"] } },
])("a file that got the name $name, where no tree looks, is looked at", async ({ name, told }) => {
  using box = makeBox({ ".jvsignore": "*.log\nout/\n", "sub/one": "1", "out/two": "2" });
  await box.save();
  mkdirSync(join(box.folder, name, ".."), { recursive: true });
  linkSync(join(box.folder, "sub/one"), join(box.folder, name));
  box.write({ [name]: "changed" });
  const scan = (await box.touched(told.paths, told.trees)) as Scan;
  expect(pathsOf(scan, scan.changed)).toEqual(["sub/one"]);
});

test("rules that leave themselves out and were written through another name are seen", async () => {
  using box = makeBox({ ".jvsignore": ".jvsignore\n", kept: "text", other: "text" });
  linkSync(join(box.folder, ".jvsignore"), join(box.folder, "another"));
  linkSync(join(box.folder, "kept"), join(box.folder, "other2"));
  await box.save();
  box.write({ other2: "more" });
  expect(await box.touched(["other2"])).toBeDefined();
  box.write({ another: "nothing\n" });
  expect(await box.touched(["another"])).toBeUndefined();
});

test("a token belongs to the very file it was written with", async () => {
  using box = makeBox({ one: "1" });
  const { table } = await box.save();
  table.token = { epoch: 7n, seq: 12, walkedAt: 1.5 };
  writeIndex(box.index, table);
  const mapped = mapIndex(box.index);
  expect(mapped?.token).toEqual(table.token);
  const now = mapped as ScanTable;
  now.token = { epoch: 7n, seq: 13, walkedAt: 2 };
  now.frozen = { subvolume: 9n, generation: 21 };
  moveIndexTokens(box.index, now);
  expect(readIndex(box.index)).toMatchObject({ token: now.token, frozen: now.frozen });
  box.write({ two: "2" });
  await box.save();
  moveIndexTokens(box.index, now);
  const { token, frozen } = readIndex(box.index) as ScanTable;
  expect({ token, frozen }).toEqual({ token: undefined, frozen: undefined });
});
