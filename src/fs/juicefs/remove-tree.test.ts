import { mkdirSync, rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder, statFd } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { after, type FakeAnswers, fakeVolume, makeFakeMount } from "./fake-mount.suite.ts";
import { type RemoveOptions, removeTree } from "./remove-tree.ts";
import { encodeRemove } from "./requests.ts";

const SLOT = "slot" as RawPath;

let scratch: ScratchFolder;
let folder: number;

beforeEach(() => {
  scratch = makeScratchFolder();
  mkdirSync(`${scratch.path}/slot/inner`, { recursive: true });
  folder = openFolder(AT_FDCWD, scratch.path as RawPath);
});

afterEach(() => {
  closeFd(folder);
  scratch[Symbol.dispose]();
});

function run(answers: FakeAnswers, options: Partial<RemoveOptions> = {}) {
  const fake = makeFakeMount(answers);
  const place = { at: folder, name: SLOT };
  const { openPort, pause } = fake;
  return {
    fake,
    done: removeTree(fakeVolume(scratch.path), { place, openPort, pause, ...options }),
  };
}

function removeSlot(): void {
  rmSync(`${scratch.path}/slot`, { recursive: true });
}

test.each([true, false])("asks once; skips the trash: %s", async (skipTrash) => {
  const { fake, done } = run({ answer: () => after(removeSlot, "00") }, { skipTrash });
  await done;
  const stat = new StatBuffer();
  statFd(folder, stat);
  const request = encodeRemove({ parent: stat.inode, name: SLOT, skipTrash });

  expect(fake.requests).toEqual([Buffer.from(request).toString("hex")]);
});

test("what is gone is no error, before and after the question", async () => {
  const late = run({ answer: () => after(removeSlot, "02") });
  await late.done;
  const early = run({ answer: () => ["05"] });
  await early.done;

  expect([late.fake.requests.length, early.fake.requests.length]).toEqual([1, 0]);
});

test("cancelled by a program: again", async () => {
  const answer = (_: string, turn: number) => (turn < 2 ? ["04"] : after(removeSlot, "00"));
  const { fake, done } = run({ answer });
  await done;

  expect(fake.requests).toHaveLength(3);
});

test("the mount dies after the work", async () => {
  const { done } = run({ answer: () => after(removeSlot, "EBADF") });

  await expect(done).resolves.toBeUndefined();
});

test("the mount dies before", async () => {
  const { done } = run({ answer: () => ["EBADF"] });

  await expect(done).rejects.toMatchObject({ code: "E_IO", details: { outcome: "unknown" } });
});

test.each([
  [1, "E_PERMISSION"],
  [13, "E_PERMISSION"],
  [22, "E_ENGINE_UNUSABLE"],
  [39, "E_IO"],
  [5, "E_IO"],
])("errno %i is %s", async (errno, code) => {
  const { done } = run({ answer: () => [errno.toString(16).padStart(2, "0")] });

  await expect(done).rejects.toMatchObject({ code });
});

test.each(["04", "05"])("stopped by the user, answered with %s", async (answered) => {
  const stop = new AbortController();
  const progress = "fe 0000000000000001 0000000000000000";
  const { fake, done } = run(
    { answer: () => [progress], onCancel: () => [answered] },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );

  await expect(done).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  expect(fake.cancelled).toBe(1);
});

test("another file system is not touched", async () => {
  const fake = makeFakeMount({ answer: () => ["00"] });
  const volume = { ...fakeVolume(scratch.path), device: "0:999" };
  const done = removeTree(volume, { place: { at: folder, name: SLOT }, openPort: fake.openPort });

  await expect(done).rejects.toMatchObject({ code: "E_ENGINE_UNUSABLE" });
  expect(fake.opened).toBe(0);
});
