import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { type Box, findTouched, finish, makeBox, natively, OPTIONS } from "./compare-box.suite.ts";
import { compareRows, touchedBy } from "./compare-rows.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { readIndex } from "./index-file.ts";
import { scanWorkspace } from "./scan.ts";
import type { Scan } from "./scan-result.ts";
import { KIND, ScanTable } from "./scan-table.ts";
import { scanTouched } from "./scan-touched.ts";
import { sealTree } from "./seal-tree.ts";
import { openWorkspaceFolder } from "./workspace-folder.ts";

function rootOf(scan: Scan): string {
  return sealTree(scan, HASH_ONLY.put, true).root;
}

natively(
  "what is as the index says is not marked, and the control folder is not told",
  async () => {
    using box = makeBox();
    mkdirSync(box.at(".jvs"));
    mkdirSync(box.at("empty"));
    writeFileSync(box.at("file"), "1");
    symlinkSync("file", box.at("link"));
    await box.save();
    expect(await box.marked()).toEqual([]);
  },
);

const CHANGES: readonly [what: string, change: (box: Box) => void, marked: string[]][] = [
  ["other content of the same size", (box) => writeFileSync(box.at("d/f1"), "2"), ["d/f1"]],
  ["other rights", (box) => chmodSync(box.at("d/f1"), 0o600), ["d/f1"]],
  ["another time", (box) => utimesSync(box.at("d/f1"), 1, 1), ["d/f1"]],
  ["other rights of a folder", (box) => chmodSync(box.at("d"), 0o700), ["d"]],
  ["a new name", (box) => writeFileSync(box.at("d/new"), ""), ["d"]],
  ["a name that went", (box) => rmSync(box.at("d/f1")), ["d", "d/f1"]],
  ["a second name outside", (box) => linkSync(box.at("d/f1"), box.at("../f1")), ["d/f1"]],
  [
    "a link in place of a folder, to that folder",
    (box) => {
      renameSync(box.at("d"), box.at("../d"));
      symlinkSync("../d", box.at("d"));
    },
    ["", "d", "d/e", "d/f1", "d/f2"],
  ],
];

for (const [what, change, marked] of CHANGES)
  natively(`${what} is marked, and nothing else`, async () => {
    using box = makeBox();
    mkdirSync(box.at("d/e"), { recursive: true });
    for (const name of ["d/f1", "d/f2", "f3"]) writeFileSync(box.at(name), "1");
    await box.save();
    change(box);
    expect(await box.marked()).toEqual(marked);
  });

natively("a name that was gone when it was looked at is marked once it is there", async () => {
  using box = makeBox();
  writeFileSync(box.at("file"), "1");
  await box.save();
  const table = box.table();
  table.kind[table.count - 1] = KIND.gone;
  expect(await box.marked(table)).toEqual(["file"]);
});

natively("what is left out is marked when it is another file, or has been changed", async () => {
  using box = makeBox();
  writeFileSync(box.at(".jvsignore"), ".jvsignore\nlog\n");
  for (const name of ["log", "file"]) writeFileSync(box.at(name), "1");
  await box.save();
  expect(await box.marked()).toEqual([]);
  writeFileSync(box.at("log"), "12");
  writeFileSync(box.at(".jvsignore"), "log\n");
  expect(await box.marked()).toEqual([".jvsignore", "log"]);
});

natively("what lies deeper than folders are held open is left to the scan", async () => {
  using box = makeBox();
  const deep = Array.from({ length: 70 }, () => "d");
  mkdirSync(box.at(...deep), { recursive: true });
  writeFileSync(box.at(...deep, "file"), "1");
  await box.save();
  const marked = await box.marked();
  expect(marked).toContain([...deep, "file"].join("/"));
  expect(marked).not.toContain("d");
});

test("a small table is not worth the start", async () => {
  using box = makeBox();
  await box.save();
  using folder = openWorkspaceFolder(box.at());
  const options = { progress: SILENT, root: folder.fd, trustBefore: 0 };
  expect(await compareRows(box.table(), options)).toBeUndefined();
});

test("what is listed anew is little only where few rows may have to move", () => {
  const table = ScanTable.withRoom(4, 4);
  table.kind.fill(KIND.folder);
  table.nameStart.set([0, 1, 2, 3]);
  const touched = (names: number): boolean => {
    table.count = 4 * names;
    table.childCount.fill(names);
    return touchedBy(table, Uint8Array.of(0, 0, 1), ".jvs" as RawPath) !== undefined;
  };
  expect(touched(1 << 18)).toBe(true);
  expect(touched((1 << 18) + 1)).toBe(false);
});

const FOLDERS = 12;
const FILES_EACH = 60;
const ROUNDS = 6;

/** Enough for several threads, two folders deep, and one folder that they share. */
function fill(box: Box): void {
  mkdirSync(box.at("flat"));
  for (let file = 0; file < 2000; file++) writeFileSync(box.at("flat", `f${file}`), `${file}`);
  for (let outer = 0; outer < FOLDERS; outer++)
    for (let inner = 0; inner < FOLDERS; inner++) {
      mkdirSync(box.at(`d${outer}`, `e${inner}`), { recursive: true });
      for (let file = 0; file < FILES_EACH; file++)
        writeFileSync(box.at(`d${outer}`, `e${inner}`, `f${file}`), `${outer} ${inner} ${file}`);
    }
}

/** Touches the tree at its beginning, its middle and its end, in every way. */
function change(box: Box, round: number): void {
  for (const folder of ["d0/e0", "d5/e7", "d11/e11", "flat"]) {
    const at = (name: string): string => join(box.at(folder), name);
    writeFileSync(at(`new${round}`), "");
    writeFileSync(at(`f${round}`), `round ${round}`);
    rmSync(at(`f${round + 20}`));
    chmodSync(at(`f${round + 40}`), 0o600);
    mkdirSync(at(`empty${round}`));
  }
}

natively("with several threads a scan finds what one without an index finds", async () => {
  using box = makeBox();
  fill(box);
  await box.save();
  using folder = openWorkspaceFolder(box.at());
  for (let round = 0; round < ROUNDS; round++) {
    change(box, round);
    const expected = rootOf(await box.scan());
    const marked = await box.scan(readIndex(join(box.at(), "../index")));
    expect(marked.changed.length).toBeLessThan(200);
    expect(rootOf(marked)).toBe(expected);
    const index = box.table();
    const place = { ...OPTIONS, root: folder.fd };
    const inFile = { ...place, index, forgets: true };
    const walked = await scanWorkspace({ ...inFile, marks: await compareRows(index, place) });
    expect(walked.changed.length).toBeLessThan(200);
    expect(rootOf(await finish(walked, folder.fd))).toBe(expected);
    const touched = await findTouched(index, place);
    const searched = await scanTouched({ ...place, index, touched: touched ?? fail() });
    expect(searched?.changed.length).toBeLessThan(200);
    expect(rootOf(await finish(searched ?? fail(), folder.fd))).toBe(expected);
    await box.save();
  }
});

function fail(): never {
  throw new Error("native code was not asked");
}
