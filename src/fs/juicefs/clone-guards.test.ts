import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder, type ScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { cloneEntry } from "./clone-entry.ts";
import { fakeVolume, makeFakeMount } from "./fake-mount.suite.ts";
import type { JuiceVolume } from "./juice-volume.ts";

let scratch: ScratchFolder;
const open: number[] = [];

beforeEach(() => {
  scratch = makeScratchFolder();
  mkdirSync(`${scratch.path}/a/b/c`, { recursive: true });
  mkdirSync(`${scratch.path}/ab`);
  writeFileSync(`${scratch.path}/file`, "1");
});

afterEach(() => {
  for (const fd of open.splice(0)) closeFd(fd);
  scratch[Symbol.dispose]();
});

function folder(path: string): number {
  const fd = openFolder(AT_FDCWD, `${scratch.path}/${path}` as RawPath);
  open.push(fd);
  return fd;
}

interface Case {
  readonly source?: string;
  readonly target?: string;
  readonly name?: string;
  readonly volume?: Partial<JuiceVolume>;
  readonly fromVolume?: Partial<JuiceVolume>;
  readonly force?: boolean;
}

/** Asks a mount that refuses everything with EPERM: a request that passes the guards ends in that. */
async function ask({
  source = "file",
  target = "",
  name = "copy",
  force = false,
  ...volumes
}: Case) {
  const own = fakeVolume(scratch.path, "1.3.1");
  const fake = makeFakeMount({ answer: () => ["01"] });
  const error: unknown = await cloneEntry(
    { ...own, ...volumes.volume },
    {
      from: { at: folder(""), name: source as RawPath },
      to: { at: folder(target), name: name as RawPath },
      ...(volumes.fromVolume === undefined
        ? {}
        : { fromVolume: { ...own, ...volumes.fromVolume } }),
      force,
      openPort: fake.openPort,
      pause: fake.pause,
    },
  ).catch((one: unknown) => one);
  const { code } = error as { code: string };
  return { code, requests: fake.requests.length };
}

const PASSED = { code: "E_PERMISSION", requests: 1 };

test("what is well-formed is asked for", async () => {
  expect(await ask({})).toEqual(PASSED);
  expect(await ask({ source: "a", target: "ab" })).toEqual(PASSED);
  expect(await ask({ source: "a/b", target: "a" })).toEqual(PASSED);
});

test.each([
  ["itself", "a", "a"],
  ["itself, deeper", "a", "a/b/c"],
  ["itself, one above", "a/b", "a/b/c"],
])("a folder is not cloned into %s", async (_, source, target) => {
  expect(await ask({ source, target })).toEqual({ code: "E_PATH_ESCAPE", requests: 0 });
});

test("a taken name is refused, a link that leads nowhere included", async () => {
  expect(await ask({ name: "ab" })).toEqual({ code: "E_EXISTS", requests: 0 });
});

test("a missing source is refused", async () => {
  expect(await ask({ source: "nothing" })).toEqual({ code: "E_IO", requests: 0 });
});

test("names of up to 255 bytes", async () => {
  expect(await ask({ name: "x".repeat(255) })).toEqual(PASSED);
  expect(await ask({ name: "x".repeat(256) })).toEqual({ code: "E_NAME_INVALID", requests: 0 });
  expect(await ask({ name: "" })).toEqual({ code: "E_NAME_INVALID", requests: 0 });
});

test.each(["1.0.4", "1.5.0", "5.1.0", "who knows"])("version %s only by force", async (version) => {
  const { config } = fakeVolume(scratch.path, version);

  expect(await ask({ volume: { config } })).toEqual({ code: "E_ENGINE_UNUSABLE", requests: 0 });
  expect(await ask({ volume: { config }, force: true })).toEqual(PASSED);
});

test("a version that cannot be read is no reason not to ask", async () => {
  expect(await ask({ volume: { config: undefined } })).toEqual(PASSED);
});

test("another file system is refused", async () => {
  const other = { device: "0:999" };
  const refused = { code: "E_ENGINE_UNUSABLE", requests: 0 };

  expect(await ask({ volume: other })).toEqual(refused);
  expect(await ask({ fromVolume: other })).toEqual(refused);
});

/** Answers questions about an inode with a path, and refuses all else. */
function answerPaths(...paths: string[]) {
  return makeFakeMount({
    answer: (request, turn) => {
      if (!request.startsWith("000003ed")) return ["01"];
      const text = JSON.stringify({ Paths: paths[turn] === undefined ? null : [paths[turn]] });
      return [`ff${text.length.toString(16).padStart(8, "0")}${Buffer.from(text).toString("hex")}`];
    },
  });
}

test.each([
  ["/a", "/x", "E_PERMISSION"],
  ["/a", "/ab", "E_PERMISSION"],
  ["/a", "/a/b", "E_PATH_ESCAPE"],
  ["/", "/b", "E_PATH_ESCAPE"],
  ["path not shown because it's outside of the mounted root", "/b", "E_ENGINE_UNUSABLE"],
  [undefined, undefined, "E_ENGINE_UNUSABLE"],
])("by two mounts, from %s to %s: %s", async (outer, inner, code) => {
  const { openPort, pause } = answerPaths(...([outer, inner].filter(Boolean) as string[]));
  const own = fakeVolume(scratch.path, "1.3.1");
  // The folder of processes is another file system, and so another mount.
  const other = openFolder(AT_FDCWD, "/proc" as RawPath);
  open.push(other);
  const clone = cloneEntry(own, {
    from: { at: other, name: "fs" as RawPath },
    to: { at: folder("ab"), name: "copy" as RawPath },
    fromVolume: fakeVolume("/proc", "1.3.1"),
    openPort,
    pause,
  });

  await expect(clone).rejects.toMatchObject({ code });
});

test("two volumes", async () => {
  const { openPort } = answerPaths();
  const other = openFolder(AT_FDCWD, "/proc" as RawPath);
  open.push(other);
  const { config, ...rest } = fakeVolume("/proc", "1.3.1");
  const clone = (fromVolume: JuiceVolume) =>
    cloneEntry(fakeVolume(scratch.path, "1.3.1"), {
      from: { at: other, name: "fs" as RawPath },
      to: { at: folder(""), name: "copy" as RawPath },
      fromVolume,
      openPort,
    });
  const another = { ...rest, config: config && { ...config, uuid: "u-2" } };

  for (const fromVolume of [another, { ...rest, config: undefined }])
    await expect(clone(fromVolume)).rejects.toMatchObject({ code: "E_ENGINE_UNUSABLE" });
});
