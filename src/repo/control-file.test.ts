import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SnapshotId } from "../model/snapshot.ts";
import { readTextIfAny, tryReadText } from "./control-file.ts";
import { listDescriptors } from "./descriptors.ts";
import { inspectFiles } from "./inspect-files.ts";
import { descriptorPath } from "./layout.ts";
import { openRepo } from "./repo.ts";
import { idAt, makeScratchRepo } from "./scratch-repo.suite.ts";

const MAKERS: readonly (readonly [what: string, make: (path: string) => void])[] = [
  ["a fifo", (path) => void spawnSync("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a symbolic link", (path) => symlinkSync("/etc/hostname", path)],
  ["a symbolic link", (path) => symlinkSync("nowhere", path)],
];

test("what is no regular file is neither waited for nor followed, and named", () => {
  using box = makeScratchRepo();
  const path = `${box.repo.layout.jvs}/config.yaml`;
  expect(readTextIfAny(path)).toBeUndefined();
  for (const [what, make] of MAKERS) {
    make(path);
    expect(() => readTextIfAny(path)).toThrow(`Cannot read "${path}": it is ${what}, not a file`);
    expect(tryReadText(path)).toEqual({ fault: `it is ${what}, not a file` });
    rmSync(path, { recursive: true });
  }
  writeFileSync(path, "text");
  expect(tryReadText(path)).toEqual({ text: "text" });
});

test("a record of a snapshot that is no file is a damaged one, for lists and for doctor", () => {
  using box = makeScratchRepo();
  const id = idAt(1) as SnapshotId;
  const path = descriptorPath(box.repo.layout, id);
  for (const [what, make] of MAKERS) {
    make(path);
    const why = `it is ${what}, not a file`;
    expect(listDescriptors(box.repo)).toEqual({ descriptors: [], unreadable: [{ id, why }] });
    expect([...inspectFiles(box.repo.layout)]).toEqual([
      { path, what: "descriptor", kind: "damaged", why },
    ]);
    rmSync(path, { recursive: true });
  }
});

test("a version that is a fifo does not keep anybody waiting", () => {
  using box = makeScratchRepo();
  const { root, formatVersion } = box.repo.layout;
  rmSync(formatVersion);
  spawnSync("mkfifo", [formatVersion]);
  expect(() => openRepo(root)).toThrow(`Cannot read "${formatVersion}": it is a fifo`);
});
