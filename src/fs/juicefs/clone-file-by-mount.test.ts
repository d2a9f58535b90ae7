import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useJuiceWay } from "../../model/juice-way.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import type { OpenedFile } from "../opened-file.ts";
import { cloneEntry } from "./clone-entry.ts";
import { cloneFileByMount, type MountAccess } from "./clone-file-by-mount.ts";
import { type FakeAnswers, fakeVolume, makeFakeMount } from "./fake-mount.suite.ts";

const LARGE = "large" as RawPath;
const COPY = "copy" as RawPath;

let scratch: ScratchFolder;
let at: number;
let source: OpenedFile;

beforeEach(() => {
  scratch = makeScratchFolder();
  at = openFolder(AT_FDCWD, scratch.path as RawPath);
  writeFileSync(pathOf(LARGE), "content");
  source = { fd: openSync(pathOf(LARGE), "r"), place: { at, name: LARGE } };
});

afterEach(() => {
  useJuiceWay("direct");
  closeSync(source.fd);
  closeFd(at);
  scratch[Symbol.dispose]();
});

function pathOf(name: string): string {
  return `${scratch.path}/${name}`;
}

/** What the mount would make. */
function makeCopy(): void {
  writeFileSync(pathOf(COPY), "content", { mode: 0o644 });
}

function run(answers: FakeAnswers, changes: Partial<MountAccess> = {}) {
  const fake = makeFakeMount(answers);
  const { openPort, pause } = fake;
  const access: MountAccess = {
    find: () => fakeVolume(scratch.path, "1.4.1"),
    clone: async (volume, { progress: _, ...options }) =>
      void (await cloneEntry(volume, { ...options, openPort, pause })),
    known: new Map(),
    ...changes,
  };
  return { fake, done: cloneFileByMount(source, { at, name: COPY }, { mode: 0o400, access }) };
}

/** Answers with one errno; 0 makes the copy. */
function saying(errno: number): FakeAnswers {
  return {
    answer: () => {
      if (errno === 0) makeCopy();
      return [errno.toString(16).padStart(2, "0")];
    },
  };
}

test("one request makes a file of ours: of now, with our owner, and the mode that was asked for", async () => {
  const { fake, done } = run(saying(0));
  const fd = (await done) as number;

  expect(readFileSync(fd, "utf8")).toBe("content");
  closeSync(fd);
  expect(statSync(pathOf(COPY)).mode & 0o7777).toBe(0o400);
  // The name, a umask that leaves the owner's part, no attributes kept, four threads.
  expect(fake.requests).toEqual([expect.stringMatching(/^000003ee.*04636f70790e7f0004$/)]);
});

test.each([
  ["a quota is used up", 122],
  ["the volume is full", 28],
  ["it may not be read", 13],
  ["the mount is too old", 22],
  ["it lies in the trash", 1],
])("%s: no file, and no failure", async (_, errno) => {
  const { fake, done } = run(saying(errno));

  expect(await done).toBeUndefined();
  expect(existsSync(pathOf(COPY))).toBe(false);
  expect(fake.requests).toHaveLength(1);
});

test("a mount that goes away in the middle is a failure: nobody knows what came of it", async () => {
  const { done } = run({ answer: () => ["EBADF"] });

  await expect(done).rejects.toMatchObject({ code: "E_IO", details: { outcome: "unknown" } });
});

test("another file that got the name is not taken for the open one, whenever it came", async () => {
  const replaces: FakeAnswers = {
    answer: (request) => {
      if (request.startsWith("000003ea")) rmSync(pathOf(COPY));
      else makeCopy();
      writeFileSync(pathOf("new"), "another");
      renameSync(pathOf("new"), pathOf(LARGE));
      return ["00"];
    },
  };
  const late = run(replaces);
  expect(await late.done).toBeUndefined();
  expect(existsSync(pathOf(COPY))).toBe(false);

  const early = run(saying(0));
  expect(await early.done).toBeUndefined();
  expect(early.fake.requests).toEqual([]);
});

test("nothing is asked where it is switched off, no JuiceFS, or too small for a program's start", async () => {
  const found = run(saying(0), { find: () => undefined });
  useJuiceWay("off");
  const off = run(saying(0));
  useJuiceWay("cli");
  const cli = run(saying(0));

  expect([await found.done, await off.done, await cli.done]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([found, off, cli].flatMap(({ fake }) => fake.requests)).toEqual([]);
});

test("a mount is looked for once, whatever was found", async () => {
  let looks = 0;
  const known = new Map();
  const find = () => {
    looks++;
    return undefined;
  };
  await run(saying(0), { find, known }).done;
  await run(saying(0), { find, known }).done;

  expect(looks).toBe(1);
});
