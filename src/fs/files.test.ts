import * as node from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCodeOf } from "../model/errors.ts";
import { closeFd } from "./at.ts";
import * as ours from "./files.ts";
import * as flags from "./open-flags.ts";

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = flags;
let folder: string;
const at = (name: string): string => `${folder}/${name}`;

beforeAll(() => {
  folder = node.mkdtempSync(`${tmpdir()}/jvs-files-`);
  node.writeFileSync(at("file"), "0123456789");
  node.symlinkSync("file", at("link"));
  node.symlinkSync("nowhere", at("broken"));
  node.symlinkSync("loop", at("loop"));
  node.mkdirSync(at("folder/below"), { recursive: true });
  node.writeFileSync(at("folder/ä \n"), "");
});

afterAll(() => node.rmSync(folder, { recursive: true }));

/** The kernel's name of the failure. */
function failure(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return systemCodeOf(error);
  }
}

test("flags of open(2) are the system's", () => {
  const { constants } = node;
  for (const [name, value] of Object.entries(flags)) {
    const theirs = (constants as Record<string, number>)[name];
    if (theirs !== undefined) expect([name, value]).toEqual([name, theirs]);
  }
  expect(Object.keys(flags).filter((name) => name in constants).length).toBeGreaterThan(8);
});

describe("looking", () => {
  test.each(["file", "link", "folder", "/dev/null", "/proc/self/fd/0"])("%s", (name) => {
    const path = name.startsWith("/") ? name : at(name);
    for (const [look, theirLook] of [
      [ours.statSync, node.statSync],
      [ours.lstatSync, node.lstatSync],
    ] as const) {
      const theirs = theirLook(path, { bigint: true });
      const { dev, size, mode, uid, mtimeMs, ino } = theirs;
      const found = look(path);
      expect(found?.isFile()).toBe(theirs.isFile());
      expect(found?.isDirectory()).toBe(theirs.isDirectory());
      expect(found?.isSymbolicLink()).toBe(theirs.isSymbolicLink());
      expect(found?.isFIFO()).toBe(theirs.isFIFO());
      expect(found?.isCharacterDevice()).toBe(theirs.isCharacterDevice());
      expect([found?.size, found?.mode, found?.uid]).toEqual([size, mode, uid].map(Number));
      expect(Math.floor(found?.mtimeMs ?? 0)).toBe(Number(mtimeMs));
      expect(found?.inode).toBe(ino);
      expect(found?.identity).toBe(`${found?.device}/${ino}`);
      const [major, minor] = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)];
      expect(found?.device).toBe(`${major}:${minor}`);
    }
  });

  test("what is not there is undefined, what may not be told is thrown", () => {
    for (const name of ["none", "file/below", "broken"])
      expect(ours.statSync(at(name))).toBe(undefined);
    expect(ours.lstatSync(at("broken"))?.isSymbolicLink()).toBe(true);
    expect(failure(() => ours.statSync(at("loop")))).toBe("ELOOP");
    expect([at("file"), at("broken"), at("loop")].map(ours.existsSync)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("a path with a zero byte is none, not a shorter one", () => {
    const path = `${at("file")}\0more`;
    for (const work of [ours.statSync, ours.unlinkSync, ours.readFileSync, ours.realpathSync])
      expect(failure(() => work(path))).toBe("EINVAL");
    expect(ours.existsSync(at("file"))).toBe(true);
  });

  test("real paths, file systems and listings", () => {
    for (const path of [at("link"), at("folder/../folder/."), "/proc/self/cwd", "."])
      expect(ours.realpathSync(path)).toBe(node.realpathSync(path));
    expect(failure(() => ours.realpathSync(at("broken")))).toBe("ENOENT");
    const { type, bsize, blocks, files } = node.statfsSync(folder);
    expect(ours.statfsSync(folder)).toMatchObject({ type, bsize, blocks, files });
    for (const path of [folder, at("folder"), at("folder/below")])
      expect(ours.readdirSync(path).sort()).toEqual(node.readdirSync(path).sort());
    expect(failure(() => ours.readdirSync(at("file")))).toBe("ENOTDIR");
  });
});

describe("reading and writing", () => {
  test("whole files, those without a size too", () => {
    expect(ours.readFileSync(at("link")).toString()).toBe("0123456789");
    expect(ours.readFileSync("/proc/self/mounts").length).toBeGreaterThan(0);
    const large = Buffer.alloc(1_000_003, "some text ");
    ours.writeNewFile(at("large"), large, 0o640);
    expect(ours.readFileSync(at("large")).equals(large)).toBe(true);
    expect(node.statSync(at("large")).mode & 0o777).toBe(0o640);
    expect(failure(() => ours.writeNewFile(at("large"), large, 0o640))).toBe("EEXIST");
    expect(failure(() => ours.readFileSync(at("folder")))).toBe("EISDIR");
  });

  test("parts of files, at a place or where the file stands", () => {
    const fd = ours.openSync(at("parts"), O_RDWR | O_CREAT | O_EXCL, 0o600);
    try {
      expect(ours.writeSync(fd, Buffer.from("hello world"))).toBe(11);
      expect(ours.writeSync(fd, Buffer.from("W"), 6)).toBe(1);
      expect(ours.writeSync(fd, Buffer.from("!"))).toBe(1);
      const into = Buffer.alloc(6, ".");
      expect(ours.readSync(fd, into, { offset: 1, position: 6 })).toBe(5);
      expect(into.toString()).toBe(".World");
      expect(ours.readSync(fd, into)).toBe(0);
      ours.ftruncateSync(fd, 5);
      ours.fsyncSync(fd);
      expect(ours.fstatSync(fd).size).toBe(5);
    } finally {
      closeFd(fd);
    }
    expect(ours.readFileSync(at("parts")).toString()).toBe("hello");
  });

  test("a failure names the file", () => {
    const fd = ours.openSync(at("file"), O_RDONLY);
    try {
      expect(() => ours.writeSync(fd, Buffer.from("x"))).toThrow(`write ${at("file")}: EBADF`);
    } finally {
      closeFd(fd);
    }
    expect(() => ours.openSync(at("none"), O_WRONLY)).toThrow(`open ${at("none")}: ENOENT`);
  });
});

describe("names", () => {
  test("come and go", () => {
    ours.mkdirSync(at("new"), { mode: 0o700 });
    expect(node.statSync(at("new")).mode & 0o777).toBe(0o700);
    expect(failure(() => ours.mkdirSync(at("new")))).toBe("EEXIST");
    ours.mkdirSync(at("new/a/b/c"), { recursive: true });
    ours.mkdirSync(at("new/a/b/c"), { recursive: true });
    expect(failure(() => ours.mkdirSync(at("file/a/b"), { recursive: true }))).toBe("ENOTDIR");
    expect(failure(() => ours.mkdirSync(at("file"), { recursive: true }))).toBe("EEXIST");
    node.writeFileSync(at("one"), "1");
    node.writeFileSync(at("two"), "2");
    ours.renameSync(at("one"), at("two"));
    expect(node.readFileSync(at("two"), "utf8")).toBe("1");
    ours.unlinkSync(at("two"));
    expect(failure(() => ours.unlinkSync(at("two")))).toBe("ENOENT");
    ours.removeIfAny(at("two"));
    expect(failure(() => ours.removeIfAny(at("new")))).toBe("EISDIR");
    expect(failure(() => ours.removeIfAny(at("file/two")))).toBe("ENOTDIR");
  });
});
