import { afterEach, beforeEach, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { fakeVolume, makeFakeMount } from "./fake-mount.suite.ts";
import { measureTree } from "./juice-info.ts";

let scratch: ScratchFolder;
let folder: number;

beforeEach(() => {
  scratch = makeScratchFolder();
  folder = openFolder(AT_FDCWD, scratch.path as RawPath);
});

afterEach(() => {
  closeFd(folder);
  scratch[Symbol.dispose]();
});

function dataFrame(text: string): string {
  const length = text.length.toString(16).padStart(8, "0");
  return `ff${length}${Buffer.from(text).toString("hex")}`;
}

function measure(reads: string[], name = ".") {
  const { openPort, pause } = makeFakeMount({ answer: () => reads });
  const place = { at: folder, name: name as RawPath };
  return measureTree(fakeVolume(scratch.path), { place, openPort, pause });
}

/** As a mount of 1.3.1 answers. */
const RECORDED =
  '{"Ino":4,"Failed":false,"Reason":"","Summary":{"Length":40960000,"Size":41000960,"Files":10000,"Dirs":10},"Paths":["/bench"],"Chunks":null,"Objects":null,"PLocks":null,"FLocks":null}';

test("counts a tree", async () => {
  expect(
    await measure(["", dataFrame(RECORDED).slice(0, 100), dataFrame(RECORDED).slice(100)]),
  ).toEqual({
    files: 10_000,
    folders: 10,
    bytes: 40_960_000,
    countedBytes: 41_000_960,
  });
});

test("a mount that says why not", async () => {
  const failed = '{"Failed":true,"Reason":"permission denied","Summary":{}}';

  await expect(measure([dataFrame(failed)])).rejects.toMatchObject({
    code: "E_IO",
    details: { reason: "permission denied" },
  });
});

test.each([
  ["an errno", ["16"], "E_ENGINE_UNUSABLE"],
  ["an errno of its work", ["05"], "E_IO"],
  ["0, which is no figure", ["00"], "E_ENGINE_UNUSABLE"],
  ["no JSON", [dataFrame("{")], "E_ENGINE_UNUSABLE"],
  ["nothing, it died", ["EBADF"], "E_ENGINE_UNUSABLE"],
])("a mount that answers %s", async (_, reads, code) => {
  await expect(measure(reads)).rejects.toMatchObject({ code });
});

test("a name that is not there", async () => {
  await expect(measure([], "nothing")).rejects.toMatchObject({
    details: { system_error: "ENOENT" },
  });
});
