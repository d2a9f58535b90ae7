import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder, statAt, statFd } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { type CloneOptions, cloneEntry } from "./clone-entry.ts";
import { after, type FakeAnswers, fakeVolume, makeFakeMount } from "./fake-mount.suite.ts";
import type { JuiceVolume } from "./juice-volume.ts";
import { encodeClone } from "./requests.ts";

const SRC = "src" as RawPath;
const COPY = "copy" as RawPath;
const DONE = "fe 0000000000000002 0000000000000002 00";

let scratch: ScratchFolder;
let folder: number;

beforeEach(() => {
  scratch = makeScratchFolder();
  mkdirSync(`${scratch.path}/src/inner`, { recursive: true });
  folder = openFolder(AT_FDCWD, scratch.path as RawPath);
});

afterEach(() => {
  closeFd(folder);
  scratch[Symbol.dispose]();
});

/** What the mount would make. */
function makeCopy(): void {
  mkdirSync(`${scratch.path}/copy`);
}

interface Run extends Partial<CloneOptions> {
  readonly version?: string | undefined;
  readonly volume?: JuiceVolume;
}

function run(answers: FakeAnswers, { version, volume, ...options }: Run = {}) {
  const fake = makeFakeMount(answers);
  const own = volume ?? fakeVolume(scratch.path, version);
  const from = { at: folder, name: SRC };
  const to = { at: folder, name: COPY };
  const reread = () => own.config;
  const { openPort, pause } = fake;
  const done = cloneEntry(own, { from, to, openPort, pause, reread, ...options });
  return { fake, done };
}

/** Answers one errno after the other; 0 makes the copy. */
function inTurn(...statuses: number[]): FakeAnswers {
  return {
    answer: (_, turn) => {
      const status = statuses[turn] ?? 99;
      if (status === 0) makeCopy();
      return [status.toString(16).padStart(2, "0")];
    },
  };
}

function requestOf(layout: "A" | "C"): string {
  const stat = new StatBuffer();
  statAt(folder, SRC, stat);
  const source = stat.inode;
  statFd(folder, stat);
  const parent = stat.inode;
  const words = { source, sourceParent: parent, targetParent: parent, name: COPY };
  return Buffer.from(encodeClone(layout, words)).toString("hex");
}

test("asks in the newest form, by numbers", async () => {
  const steps: number[] = [];
  const { fake, done } = run(
    { answer: () => after(makeCopy, "", DONE) },
    { version: "1.3.1", onProgress: (count) => void steps.push(count) },
  );

  expect(await done).toEqual({ layout: "C", attempts: 1 });
  expect(fake.requests).toEqual([requestOf("C")]);
  expect([steps, fake.opened, fake.closed]).toEqual([[2], 1, 1]);
});

test.each(["1.1.5", "1.2.3"])(
  "%s does not know it, and is asked in the oldest form",
  async (version) => {
    const { fake, done } = run(inTurn(2, 0), { version });

    expect(await done).toEqual({ layout: "A", attempts: 2 });
    expect(fake.requests).toEqual([requestOf("C"), requestOf("A")]);
  },
);

test("a mount whose version cannot be read never gets the oldest form", async () => {
  const { fake, done } = run(inTurn(2));

  await expect(done).rejects.toMatchObject({ code: "E_ENGINE_UNUSABLE" });
  expect(fake.requests).toEqual([requestOf("C")]);
});

test("the version is read again before the oldest form: the mount may be newer by now", async () => {
  const reread = () => fakeVolume(scratch.path, "1.4.1").config;
  const { fake, done } = run(inTurn(2), { version: "1.2.3", reread });

  await expect(done).rejects.toMatchObject({ code: "E_IO" });
  expect(fake.requests).toHaveLength(1);
});

test("a source that goes meanwhile is no reason for the oldest form", async () => {
  const answer = () => after(() => rmSync(`${scratch.path}/src`, { recursive: true }), "02");
  const { fake, done } = run({ answer }, { version: "1.2.3" });

  await expect(done).rejects.toMatchObject({ code: "E_IO", details: { system_error: "ENOENT" } });
  expect(fake.requests).toHaveLength(1);
});

test("a source that is replaced meanwhile: the copy goes again", async () => {
  const answer = (request: string) => {
    if (request.startsWith("000003ea")) rmSync(`${scratch.path}/copy`, { recursive: true });
    else {
      makeCopy();
      mkdirSync(`${scratch.path}/new`);
      rmSync(`${scratch.path}/src`, { recursive: true });
      renameSync(`${scratch.path}/new`, `${scratch.path}/src`);
    }
    return ["00"];
  };
  const { done } = run({ answer });

  await expect(done).rejects.toMatchObject({ code: "E_FILE_CHANGING" });
  expect(statAt(folder, COPY, new StatBuffer())).toBe(false);
});

test("what was cancelled by a program is asked for again, five times in all", async () => {
  const first = run(inTurn(4, 5, 0));
  expect(await first.done).toMatchObject({ attempts: 3 });

  rmSync(`${scratch.path}/copy`, { recursive: true });
  const second = run(inTurn(4, 4, 4, 4, 4, 4));
  await expect(second.done).rejects.toMatchObject({ details: { system_error: "EINTR" } });
  await expect(run(inTurn(5, 5, 5, 5, 5)).done).rejects.toMatchObject({
    code: "E_IO",
    details: { system_error: "EIO" },
  });
  expect([second.fake.requests.length, second.fake.closed]).toEqual([5, 5]);
});

test("a name that somebody takes before the second try stays theirs", async () => {
  const { fake, done } = run({ answer: () => after(makeCopy, "04") });

  await expect(done).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(fake.requests).toHaveLength(1);
});

test.each([
  [1, "E_PERMISSION", "EPERM"],
  [13, "E_PERMISSION", "EACCES"],
  [17, "E_EXISTS", "EEXIST"],
  [22, "E_ENGINE_UNUSABLE", "EINVAL"],
  [28, "E_NO_SPACE", "ENOSPC"],
  [30, "E_READ_ONLY", "EROFS"],
  [39, "E_IO", "ENOTEMPTY"],
  [122, "E_QUOTA", "EDQUOT"],
  [200, "E_IO", "E200"],
])("errno %i is %s", async (errno, code, name) => {
  const { fake, done } = run(inTurn(errno));

  await expect(done).rejects.toMatchObject({ code, details: { system_error: name, path: "src" } });
  expect(fake.requests).toHaveLength(1);
});

test("a quota is explained with figures", async () => {
  const error: unknown = await run(inTurn(122)).done.catch((one: unknown) => one);

  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^Cannot clone "src": .*quota.* \(\d+ bytes and \d+ files are free\)$/,
    ),
    details: { free_bytes: expect.any(Number), free_files: expect.any(Number) },
  });
});

test.each([true, false])("the mount dies, the copy is there: %s", async (isThere) => {
  const answer = () => after(isThere ? makeCopy : () => {}, "EBADF");
  const { fake, done } = run({ answer });

  await expect(done).rejects.toMatchObject({
    code: "E_IO",
    details: { outcome: "unknown", target: isThere ? "present" : "absent" },
  });
  expect([fake.requests.length, fake.closed]).toEqual([1, 1]);
});

test("done, but nothing is there: that is not done", async () => {
  const { done } = run({ answer: () => ["00"] });

  await expect(done).rejects.toMatchObject({ details: { outcome: "unknown", target: "absent" } });
});

test("done, but something else is there: that is not done either", async () => {
  const answer = () => after(() => writeFileSync(`${scratch.path}/copy`, ""), "00");

  await expect(run({ answer }).done).rejects.toMatchObject({ details: { outcome: "unknown" } });
});

test("a node that cannot be opened: another way is needed", async () => {
  const openPort = () => {
    throw new Error("no node");
  };
  const { done } = run(inTurn(), { openPort });

  await expect(done).rejects.toMatchObject({ code: "E_ENGINE_UNUSABLE" });
});

test("stopped by the user: the mount is told, and has the last word", async () => {
  const stop = new AbortController();
  const { fake, done } = run(
    { answer: () => ["fe 0000000000000001 0000000000000009"] },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );

  await expect(done).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  expect([fake.cancelled, fake.opened, fake.closed]).toEqual([1, 1, 1]);
});

test("stopped in the last moment: the finished copy goes again", async () => {
  const stop = new AbortController();
  const answer = (request: string) => {
    if (request.startsWith("000003ee")) return ["fe 0000000000000001 0000000000000009"];
    rmSync(`${scratch.path}/copy`, { recursive: true });
    return ["00"];
  };
  const onCancel = () => after(makeCopy, "00");
  const { fake, done } = run(
    { answer, onCancel },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );

  await expect(done).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  expect(fake.requests.map((one) => one.slice(0, 8))).toEqual(["000003ee", "000003ea"]);
  expect(statAt(folder, COPY, new StatBuffer())).toBe(false);
});

test("stopped before it began: nothing is asked", async () => {
  const { fake, done } = run(inTurn(0), { signal: AbortSignal.abort() });

  await expect(done).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  expect(fake.opened).toBe(0);
});

test("threads travel in the newest form", async () => {
  const { fake, done } = run(inTurn(0), { threads: 32 });
  await done;

  expect(fake.requests[0]).toMatch(/20$/);
});
