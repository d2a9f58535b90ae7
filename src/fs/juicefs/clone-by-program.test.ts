import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { cloneByProgram } from "./clone-by-program.ts";
import { fakeVolume } from "./fake-mount.suite.ts";

const STOPPED = { code: "E_INTERRUPTED" };

let scratch: ScratchFolder;
let folder: number;

beforeEach(() => {
  scratch = makeScratchFolder();
  mkdirSync(`${scratch.path}/src`);
  folder = openFolder(AT_FDCWD, scratch.path as RawPath);
});

afterEach(() => {
  closeFd(folder);
  scratch[Symbol.dispose]();
});

interface Run {
  readonly own?: string;
  readonly mount?: string | undefined;
  /** What the program does when it is to clone `$3` to `$4`. */
  readonly script?: string;
  readonly name?: string;
  readonly signal?: AbortSignal;
}

function run({ own = "1.3.1", mount, script = 'cp -a "$3" "$4"', name = "copy", signal }: Run) {
  const program = `${scratch.path}/juicefs`;
  const log = `echo "$@" >> "${scratch.path}/log"`;
  const version = `if [ "$1" = version ]; then echo "juicefs version ${own}+unknown"; exit; fi`;
  writeFileSync(program, `#!/bin/sh\n${version}\n${log}\n${script}\n`);
  chmodSync(program, 0o755);
  return cloneByProgram(fakeVolume(scratch.path, mount), {
    program,
    from: { at: folder, name: "src" as RawPath },
    to: { at: folder, name: name as RawPath },
    ...(signal === undefined ? {} : { signal }),
  });
}

test("keeps attributes, by whole paths", async () => {
  await run({ mount: "1.3.0" });
  const { path } = scratch;

  expect(readFileSync(`${path}/log`, "utf8")).toBe(`clone --preserve ${path}/src ${path}/copy\n`);
});

test.each([
  ["1.2.3", "1.2.0", true],
  ["1.2.3", "1.3.1", false],
  ["1.3.1", "1.4.1", false],
  ["1.2.3", undefined, false],
  ["1.3.1", undefined, true],
  ["1.4.1", undefined, true],
  ["1.5.0", undefined, false],
  ["nobody knows", "1.3.1", false],
])("%s on a mount of %s: %s", async (own, mount, isAllowed) => {
  const outcome = await run({ own, mount }).then(
    () => true,
    (error: { code: string }) => error.code,
  );

  expect(outcome).toBe(isAllowed ? true : "E_ENGINE_UNUSABLE");
});

test.each([
  ["clone failed: permission denied", "E_PERMISSION"],
  ["clone failed: disk quota exceeded", "E_QUOTA"],
  ["clone failed: no space left on device", "E_NO_SPACE"],
  ["/a/copy already exists", "E_EXISTS"],
  ["/a is not inside JuiceFS", "E_ENGINE_UNUSABLE"],
  ["clone failed: input/output error", "E_IO"],
])("%s is %s", async (words, code) => {
  const line = `2026/01/02 03:04:05.678 juicefs[7] <FATAL>: ${words} [main@main.go:31]`;

  await expect(run({ script: `echo "${line}" >&2; exit 1` })).rejects.toMatchObject({
    code,
    message: `Cannot clone "src" by the program juicefs: ${words}`,
  });
});

test("done, but nothing is there", async () => {
  await expect(run({ script: "exit 0" })).rejects.toMatchObject({ code: "E_IO" });
});

test("a name that the program cannot be told", async () => {
  await expect(run({ name: "\xff" })).rejects.toMatchObject({ code: "E_ENGINE_UNUSABLE" });
});

test("stopped by the user before it was started, and after", async () => {
  const script = 'touch "$3/started"; exec sleep 60';
  await expect(run({ script, signal: AbortSignal.abort() })).rejects.toMatchObject(STOPPED);
  expect(existsSync(`${scratch.path}/src/started`)).toBe(false);

  const stop = new AbortController();
  const done = run({ script, signal: stop.signal });
  while (!existsSync(`${scratch.path}/src/started`)) await Bun.sleep(5);
  stop.abort();
  await expect(done).rejects.toMatchObject(STOPPED);
});
