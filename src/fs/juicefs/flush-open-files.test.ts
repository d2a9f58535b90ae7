import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromText, type RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, makeFifo, openFolder } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { flushOpenFiles } from "./flush-open-files.ts";

test("passes over what is no file, follows no link, does not wait at a fifo", () => {
  using scratch = makeScratchFolder();
  const { path } = scratch;
  mkdirSync(`${path}/folder/deep`, { recursive: true });
  writeFileSync(`${path}/folder/deep/ü`, "1");
  writeFileSync(`${path}/empty`, "");
  symlinkSync("/dev/full", `${path}/link`);
  symlinkSync("/", `${path}/outside`);
  const root = openFolder(AT_FDCWD, path as RawPath);
  makeFifo(root, "fifo" as RawPath, 0o600);
  const names = [
    "folder/deep/ü",
    "empty",
    "link",
    "outside/etc/passwd",
    "folder",
    "fifo",
    "gone/a",
  ];

  expect(flushOpenFiles(root, names.map(fromText))).toEqual([]);
  closeFd(root);
});

test("names a file that cannot be flushed", () => {
  const root = openFolder(AT_FDCWD, "/proc/self/." as RawPath);
  const [failed] = flushOpenFiles(root, ["uid_map" as RawPath]);
  closeFd(root);

  expect(failed).toMatchObject({ path: "uid_map", error: { code: expect.stringMatching(/^E/) } });
});
