import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { makeScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { closeFd, openFolder } from "../at.ts";
import { cloneFile } from "../clone-file.ts";
import { AT_FDCWD } from "../libc.ts";
import type { OpenedFile } from "../opened-file.ts";
import { cloneByProgram, findProgram } from "./clone-by-program.ts";
import { type CloneOptions, cloneEntry } from "./clone-entry.ts";
import { flushOpenFiles } from "./flush-open-files.ts";
import { measureTree } from "./juice-info.ts";
import { findVolume, type JuiceVolume } from "./juice-volume.ts";
import { filesOpenForWriting } from "./open-writers.ts";
import { findRealMount, makeRealScratch, type RealScratch, slicesOf } from "./real-mount.suite.ts";
import { removeTree } from "./remove-tree.ts";

const MOUNT = findRealMount();
const NOBODY = 65534;
const COPY = "copy" as RawPath;
const IS_ROOT = process.getuid?.() === 0;

test("no volume where there is no FUSE", () => {
  expect(findVolume("/proc/self")).toBeUndefined();
});

describe.skipIf(MOUNT === undefined)("on a real JuiceFS mount", () => {
  let scratch: RealScratch;
  let volume: JuiceVolume;
  let folder: number;

  beforeEach(() => {
    scratch = makeRealScratch(MOUNT as string);
    volume = findVolume(scratch.path) as JuiceVolume;
    folder = openFolder(AT_FDCWD, scratch.path as RawPath);
    mkdirSync(`${scratch.path}/src/inner`, { recursive: true });
    for (let at = 0; at < 40; at++) writeFileSync(`${scratch.path}/src/inner/${at}`, `${at}`);
  });

  afterEach(() => {
    closeFd(folder);
    scratch[Symbol.dispose]();
  });

  function clone(from: string, to: string, options: Partial<CloneOptions> = {}) {
    return cloneEntry(volume, {
      from: { at: folder, name: from as RawPath },
      to: { at: folder, name: to as RawPath },
      ...options,
    });
  }

  test("the volume is found in any folder, by its control node", () => {
    expect(volume).toMatchObject({ controlName: expect.stringMatching(/control$/) });
    expect(findVolume(`${scratch.path}/src/inner`)).toEqual(volume);
    expect(findVolume("/")).toBeUndefined();
  });

  test("a folder is cloned with owners, modes, times, links", async () => {
    const src = `${scratch.path}/src`;
    symlinkSync("inner/7", `${src}/link`);
    linkSync(`${src}/inner/1`, `${src}/second`);
    chmodSync(`${src}/inner/3`, 0o4751);
    utimesSync(`${src}/inner/3`, 1, 1_000_000_000.123);
    utimesSync(`${src}/inner`, 1, 2);
    await clone("src", "copy");

    expect(lookAt(`${scratch.path}/copy`)).toEqual(lookAt(src));
    expect(readFileSync(`${scratch.path}/copy/inner/7`, "utf8")).toBe("7");
    expect(statSync(`${scratch.path}/copy/second`).nlink).toBe(1);
  });

  test("a single file, and a link, which is not followed", async () => {
    writeFileSync(`${scratch.path}/file`, "content");
    symlinkSync("/etc", `${scratch.path}/link`);
    await clone("file", "file2");
    await clone("link", "link2");

    expect(readFileSync(`${scratch.path}/file2`, "utf8")).toBe("content");
    expect(readlinkSync(`${scratch.path}/link2`)).toBe("/etc");
  });

  test("what is changed in the copy or the source afterwards stays there", async () => {
    await clone("src", "copy");
    writeFileSync(`${scratch.path}/src/inner/1`, "new");
    writeFileSync(`${scratch.path}/copy/inner/2`, "other");

    expect(readFileSync(`${scratch.path}/copy/inner/1`, "utf8")).toBe("1");
    expect(readFileSync(`${scratch.path}/src/inner/2`, "utf8")).toBe("2");
  });

  test("names of 255 bytes", async () => {
    await clone("src", "x".repeat(255));
    expect(readdirSync(scratch.path)).toContain("x".repeat(255));

    await expect(clone("src", "x".repeat(256))).rejects.toMatchObject({ code: "E_NAME_INVALID" });
  });

  test("a folder is not cloned into itself", async () => {
    const inner = openFolder(folder, "src/inner" as RawPath);
    const to = { at: inner, name: "copy" as RawPath };

    await expect(clone("src", "", { to })).rejects.toMatchObject({ code: "E_PATH_ESCAPE" });
    closeFd(inner);
  });

  test("a program that is started meanwhile does not keep it from being made", async () => {
    for (let at = 0; at < 400; at++) writeFileSync(`${scratch.path}/src/more-${at}`, "");
    let isDone = false;
    const made = clone("src", "copy").finally(() => {
      isDone = true;
    });
    const started = (async () => {
      for (let at = 0; at < 3 && !isDone; at++) {
        await Bun.sleep(2);
        spawnSync("true");
      }
    })();
    await Promise.all([made, started]);

    expect(readdirSync(`${scratch.path}/copy`)).toHaveLength(401);
  });

  test("stopped by the user: nothing is left", async () => {
    for (let at = 0; at < 400; at++) writeFileSync(`${scratch.path}/src/more-${at}`, "");
    const stop = new AbortController();
    const made = clone("src", "copy", { signal: stop.signal });
    stop.abort();

    await expect(made).rejects.toMatchObject({ code: "E_INTERRUPTED" });
    expect(readdirSync(scratch.path)).toEqual(["src"]);
  });

  describe("a file of one's own", () => {
    test("shares all content, whoever the other belongs to", async () => {
      const path = `${scratch.path}/large`;
      writeFileSync(path, Buffer.alloc(5 << 20, 1));
      chmodSync(path, 0o6755);
      utimesSync(path, 1, 2);
      if (IS_ROOT) chownSync(path, NOBODY, NOBODY);
      using source = opened("large");
      const fd = (await cloneFile(source, { at: folder, name: COPY }, 0o640)) as number;

      const { uid, mode, mtimeMs } = fstatSync(fd);
      closeSync(fd);
      expect([uid, mode & 0o7777]).toEqual([process.getuid?.(), 0o640]);
      expect(Math.abs(Date.now() - mtimeMs)).toBeLessThan(60_000);
      expect(readFileSync(`${scratch.path}/${COPY}`).equals(readFileSync(path))).toBe(true);
      expect(await slicesOf(`${scratch.path}/${COPY}`)).toEqual(await slicesOf(path));
      expect(await slicesOf(path)).not.toEqual([]);
    });

    test("has what a writer has not synced", async () => {
      const writer = openSync(`${scratch.path}/log`, "w");
      writeSync(writer, Buffer.alloc(300_000, 120));
      using source = opened("log");
      const fd = (await cloneFile(source, { at: folder, name: COPY }, 0o600)) as number;
      closeSync(writer);

      expect(readFileSync(fd).equals(Buffer.alloc(300_000, 120))).toBe(true);
      closeSync(fd);
    });

    test("is not made of what lies elsewhere", async () => {
      using other = makeScratchFolder();
      writeFileSync(`${other.path}/large`, "content");
      using source = opened("large", other.path);

      expect(await cloneFile(source, { at: folder, name: COPY }, 0o600)).toBeUndefined();
      expect(readdirSync(scratch.path)).toEqual(["src"]);
    });

    function opened(name: string, path = scratch.path): OpenedFile & Disposable {
      const at = openFolder(AT_FDCWD, path as RawPath);
      const fd = openSync(`${path}/${name}`, "r");
      const close = () => [fd, at].forEach(closeFd);
      return { fd, place: { at, name: name as RawPath }, [Symbol.dispose]: close };
    }
  });

  test("a tree is counted", async () => {
    const place = { at: folder, name: "src" as RawPath };

    expect(await measureTree(volume, { place, isExact: true })).toMatchObject({
      files: 40,
      folders: 2,
      bytes: 70,
    });
  });

  test("a tree is removed, a link without what it leads to", async () => {
    symlinkSync("src", `${scratch.path}/link`);
    await clone("src", "copy");
    for (const name of ["copy", "link", "nothing"] as RawPath[])
      await removeTree(volume, { place: { at: folder, name } });

    expect(readdirSync(scratch.path)).toEqual(["src"]);
    expect(readdirSync(`${scratch.path}/src/inner`)).toHaveLength(40);
  });

  describe("a file that its writer has not synced", () => {
    const NAME = "src/inner/1" as RawPath;

    /** Old bytes that the kernel keeps in its cache, and new ones that the mount keeps. */
    function writeOver(): number {
      const path = `${scratch.path}/${NAME}`;
      writeFileSync(path, "old old old");
      utimesSync(path, 1, 1);
      const fd = openSync(path, "r+");
      writeSync(fd, "mid");
      readFileSync(path);
      writeSync(fd, "new");
      return fd;
    }

    test("lacks its newest bytes, unless it is flushed", async () => {
      const fd = writeOver();
      await clone("src", "before");
      expect(flushOpenFiles(folder, [NAME, "gone" as RawPath, "src" as RawPath])).toEqual([]);
      await clone("src", "after");
      closeSync(fd);

      expect(readFileSync(`${scratch.path}/before/inner/1`, "utf8")).not.toBe("midnewd old");
      expect(readFileSync(`${scratch.path}/after/inner/1`, "utf8")).toBe("midnewd old");
    });

    test("is found, although its time is old", () => {
      const fd = writeOver();
      const found = filesOpenForWriting(realpathSync(scratch.path) as RawPath);
      closeSync(fd);

      expect(found).toEqual([NAME]);
      expect(filesOpenForWriting(realpathSync(scratch.path) as RawPath)).toEqual([]);
    });

    test.skipIf(!IS_ROOT)("is flushed by somebody who may only read it", async () => {
      const fd = writeOver();
      const { path } = scratch;
      chmodSync(path, 0o755);
      chmodSync(`${path}/${NAME}`, 0o644);
      process.seteuid?.(NOBODY);
      try {
        expect(flushOpenFiles(folder, [NAME])).toEqual([]);
      } finally {
        process.seteuid?.(0);
      }
      await clone("src", "after");
      closeSync(fd);

      expect(readFileSync(`${path}/after/inner/1`, "utf8")).toBe("midnewd old");
    });
  });

  test.skipIf(findProgram() === undefined)("cloned by the program", async () => {
    const from = { at: folder, name: "src" as RawPath };
    const to = { at: folder, name: "copy" as RawPath };
    await cloneByProgram(volume, { program: findProgram() ?? "", from, to });

    expect(lookAt(`${scratch.path}/copy`)).toEqual(lookAt(`${scratch.path}/src`));
  });
});

/** All that a clone keeps. */
function lookAt(top: string): unknown[] {
  const names = ["", ...readdirSync(top, { recursive: true, encoding: "utf8" }).sort()];
  return names.map((name) => {
    const { mode, uid, gid, size, mtimeNs } = lstatSync(`${top}/${name}`, { bigint: true });
    return { name, mode, uid, gid, size, mtimeNs };
  });
}
