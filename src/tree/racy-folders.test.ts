import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { passTick } from "../../test/pass-tick.ts";
import type { RawPath } from "../model/raw-path.ts";
import { type Box, finish, makeBox, natively, OPTIONS } from "./compare-box.suite.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { scanWorkspace } from "./scan.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, type ScanTable } from "./scan-table.ts";
import { scanTouched } from "./scan-touched.ts";
import { sealTree } from "./seal-tree.ts";
import { unsettledRows } from "./unsettled-rows.ts";
import { openWorkspaceFolder } from "./workspace-folder.ts";

/** The row of a folder with the times that the folder has now, as if they had not changed. */
function believe(table: ScanTable, box: Box, path: string): number {
  const row = rowAt(table, path);
  const { ctimeNs } = lstatSync(box.at(path), { bigint: true });
  table.ctimeSeconds[row] = Number(ctimeNs / 1_000_000_000n);
  table.ctimeNanos[row] = Number(ctimeNs % 1_000_000_000n);
  return row;
}

function rowAt(table: ScanTable, path: string): number {
  for (let row = 0; row < table.count; row++) if (table.pathOf(row) === path) return row;
  throw new Error(`no row of ${path}`);
}

async function makeFolders(): Promise<Box> {
  const box = makeBox();
  mkdirSync(box.at("d"));
  mkdirSync(box.at("e"));
  for (const name of ["d/f1", "d/f2", "e/f"]) writeFileSync(box.at(name), "1");
  passTick(box.at(".."));
  await box.save();
  return box;
}

natively("a name that came without a trace is found where times prove nothing", async () => {
  using box = await makeFolders();
  writeFileSync(box.at("d/new"), "");
  const table = box.table();
  const row = believe(table, box, "d");
  expect(await box.marked(table), "it is not listed").toEqual([]);
  table.setFlag(row, FLAG.racy);
  expect(await box.marked(table)).toEqual(["d"]);
});

natively("a folder has other names when one of them is not there, whatever its times", async () => {
  using box = await makeFolders();
  rmSync(box.at("d/f1"));
  rmSync(box.at("e"), { recursive: true });
  const table = box.table();
  believe(table, box, "d");
  believe(table, box, "");
  expect(await box.marked(table)).toEqual(["", "d", "d/f1", "e", "e/f"]);
});

natively("times that prove nothing do so once they are old enough", async () => {
  using box = await makeFolders();
  const table = box.table();
  const row = rowAt(table, "d");
  table.setFlag(row, FLAG.racy);
  const { ctimeMs } = lstatSync(box.at("d"));
  expect(await box.marked(table, { trustBefore: ctimeMs / 1000 - 1 })).toEqual([]);
  expect(table.has(row, FLAG.racy)).toBe(true);
  expect(await box.marked(table, { trustBefore: ctimeMs / 1000 + 1 })).toEqual([]);
  expect(table.has(row, FLAG.racy)).toBe(false);
});

test("the times of a folder prove nothing before it is listed, nor while they are young", async () => {
  using box = await makeFolders();
  using folder = openWorkspaceFolder(box.at());
  const racy = ({ table }: Scan): string[] =>
    [...table.flags.subarray(0, table.count).keys()]
      .filter((row) => table.isFolder(row) && table.has(row, FLAG.racy))
      .map((row) => table.pathOf(row))
      .sort();
  const scan = (trustBefore: number): Promise<Scan> =>
    scanWorkspace({ ...OPTIONS, trustBefore, root: folder.fd, index: undefined });
  const young = await finish(await scan(0), folder.fd);
  expect(racy(young)).toEqual(["", "d", "e"]);
  sealTree(young, HASH_ONLY.put, true);
  const { rows } = unsettledRows(young.table);
  expect(
    [...rows].filter((row) => young.table.isFolder(row)),
    "no reason to look at them",
  ).toEqual([]);
  const old = await finish(await scan(Number.POSITIVE_INFINITY), folder.fd);
  expect(racy(old)).toEqual([]);

  sealTree(old, HASH_ONLY.put, true);
  await box.save(old);
  for (const path of ["new", "d/new", "e/new"]) writeFileSync(box.at(path), "");
  // Of "d" that is told, of the root and of "e" nothing: what is looked at is the root alone.
  const touched = { paths: ["d", "e/f"] as RawPath[], trees: [] };
  const index = box.table();
  const partly = await scanTouched({ ...OPTIONS, root: folder.fd, index, touched });
  expect(racy(partly ?? fail())).toEqual([""]);
  await box.save(await finish(partly ?? fail(), folder.fd));
  if (JVS_NATIVE !== "") expect(await box.marked()).toEqual(["", "e"]);
});

function fail(): never {
  throw new Error("only a full scan could tell");
}
