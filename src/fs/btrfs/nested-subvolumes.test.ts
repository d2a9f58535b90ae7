import { chmodSync, mkdirSync, mkdtempSync, openSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { nestedSubvolumes } from "./nested-subvolumes.ts";
import { asNobody, raw, takeOver, useScratchBtrfs } from "./scratch-btrfs.suite.ts";
import { createSubvolume, snapshotSubvolume } from "./subvolume.ts";

const disk = useScratchBtrfs();

/** A subvolume with others inside, at the paths. */
function start(name: string, paths: readonly string[]): number {
  for (const path of ["", ...paths]) {
    const whole = path === "" ? name : `${name}/${path}`;
    const cut = whole.lastIndexOf("/") + 1;
    mkdirSync(`${disk.path}/${whole.slice(0, cut)}`, { recursive: true });
    createSubvolume(disk.open(whole.slice(0, cut) || "."), raw(whole.slice(cut)));
  }
  return disk.open(name);
}

test("finds them at any depth, in folders and in each other", () => {
  const paths = ["b", "b/in/deep", "a/x/y/z", "c", "c/d", "c/d/e"];
  expect(nestedSubvolumes(start("deep", paths))).toEqual(paths.toSorted());
  expect(nestedSubvolumes(start("none", []))).toEqual([]);
});

test("more than one answer of the kernel holds, under names of any bytes", () => {
  const top = start("many", []);
  const names = Array.from({ length: 300 }, (_, index) => raw(`\xff ${index}\n`)).sort();
  for (const name of names) createSubvolume(top, name);
  expect(nestedSubvolumes(top)).toEqual(names);
});

test("paths that are too long for the kernel's answer", () => {
  const path = Array.from({ length: 20 }, () => "n".repeat(200));
  let at = start("long", []);
  for (const [depth, name] of path.entries()) {
    mkdirSync(`/proc/self/fd/${at}/${name}`);
    if (depth < 19) at = openSync(`/proc/self/fd/${at}/${name}`, "r");
  }
  createSubvolume(at, raw("end"));
  const whole = [...path.slice(0, 19), "end"].join("/");
  expect(nestedSubvolumes(disk.open("long"))).toEqual([whole]);
});

test("a snapshot has none: what was one is an empty folder in it", () => {
  const source = start("source", ["inner", "sub/inner"]);
  snapshotSubvolume(source, { at: disk.open(), name: raw("source.1") }, { readOnly: true });
  expect(nestedSubvolumes(disk.open("source.1"))).toEqual([]);
});

test("below a folder that is no subvolume, only its own; elsewhere none", () => {
  start("part", ["inside/here/s", "outside"]);
  expect(nestedSubvolumes(disk.open("part/inside"))).toEqual(["here/s"]);
  const folder = mkdtempSync(`${tmpdir()}/jvs-no-btrfs-`);
  const fd = openSync(folder, "r");
  expect(nestedSubvolumes(fd)).toEqual([]);
  rmdirSync(folder);
});

test("anybody is told, but not of what is in folders they may not look into", () => {
  const top = start("closed", ["a/b/s", "c/s"]);
  for (const path of ["", "a", "a/b", "c"]) takeOver(`${disk.path}/closed/${path}`);
  expect(asNobody(() => nestedSubvolumes(top))).toEqual(["a/b/s", "c/s"]);
  chmodSync(`${disk.path}/closed/c`, 0);
  expect(() => asNobody(() => nestedSubvolumes(top))).toThrow(
    expect.objectContaining({ code: "EACCES" }),
  );
  expect(nestedSubvolumes(top)).toEqual(["a/b/s", "c/s"]);
});
