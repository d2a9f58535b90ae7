import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { deleteSubvolume } from "./delete-subvolume.ts";
import {
  asNobody,
  raw,
  type ScratchBtrfs,
  takeOver,
  useScratchBtrfs,
} from "./scratch-btrfs.suite.ts";
import { createSubvolume, snapshotSubvolume } from "./subvolume.ts";

const disk = useScratchBtrfs();

const failure = (code: string): unknown => expect.objectContaining({ code });

/** A folder of nobody's with a subvolume `s` that has all kinds of things in it. */
function start(name: string, on: ScratchBtrfs = disk): Place {
  const path = `${on.path}/${name}`;
  mkdirSync(path);
  takeOver(path);
  const at = on.open(name);
  asNobody(() => {
    createSubvolume(at, raw("s"));
    mkdirSync(`${path}/s/closed/inner/empty`, { recursive: true });
    writeFileSync(`${path}/s/closed/inner/file`, "x", { mode: 0o400 });
    writeFileSync(`${path}/s/a`, "x");
    writeFileSync(`${path}/outside`, "stays");
    symlinkSync(`${path}`, `${path}/s/out`);
    for (let index = 0; index < 500; index++) writeFileSync(`${path}/s/closed/${index}`, "x");
    chmodSync(`${path}/s/closed/inner`, 0);
    chmodSync(`${path}/s/closed`, 0o500);
    chmodSync(`${path}/s`, 0o555);
  });
  return { at, path, source: on.open(`${name}/s`) };
}

interface Place {
  readonly at: number;
  readonly path: string;
  readonly source: number;
}

function snap({ at, source }: Place): void {
  snapshotSubvolume(source, { at, name: raw("snap") }, { readOnly: true });
}

test("root removes any at once", () => {
  const place = start("root");
  snap(place);
  expect(deleteSubvolume(place.at, raw("snap"))).toBe("at once");
  expect(deleteSubvolume(place.at, raw("s"))).toBe("at once");
  expect(readdirSync(place.path)).toEqual(["outside"]);
  expect(() => deleteSubvolume(place.at, raw("s"))).toThrow(failure("ENOENT"));
});

test("its owner without rights removes it file by file, read-only or not", () => {
  const place = start("owner");
  snap(place);
  for (const name of ["snap", "s"])
    expect(asNobody(() => deleteSubvolume(place.at, raw(name)))).toBe("file by file");
  expect(readdirSync(place.path)).toEqual(["outside"]);
});

test("its owner removes it at once where the mount allows that", () => {
  using own = useScratchBtrfs() as ScratchBtrfs;
  const place = start("allowed", own);
  snap(place);
  const remount = ["mount", "-o", "remount,user_subvol_rm_allowed", own.path];
  expect(Bun.spawnSync(remount).success).toBe(true);
  for (const name of ["snap", "s"])
    expect(asNobody(() => deleteSubvolume(place.at, raw(name)))).toBe("at once");
  expect(readdirSync(place.path)).toEqual(["outside"]);
});

test("what is no subvolume stays whole, whoever asks", () => {
  const { at, path } = start("plain");
  asNobody(() => {
    mkdirSync(`${path}/folder`);
    writeFileSync(`${path}/folder/keep`, "x");
  });
  symlinkSync("s", `${path}/link`);
  for (const ask of [(work: () => void) => work(), asNobody<void>]) {
    expect(() => ask(() => deleteSubvolume(at, raw("folder")))).toThrow(failure("E_UNSAFE_FOLDER"));
    expect(() => ask(() => deleteSubvolume(at, raw("link")))).toThrow();
    expect(() => ask(() => deleteSubvolume(at, raw("outside")))).toThrow();
  }
  expect(readdirSync(`${path}/folder`)).toEqual(["keep"]);
  expect(existsSync(`${path}/s/a`)).toBe(true);
});

test("what holds another subvolume stays whole, whoever asks", () => {
  const { at, path } = start("nested");
  chmodSync(`${path}/s`, 0o755);
  createSubvolume(disk.open("nested/s"), raw("inner"));
  for (const ask of [(work: () => void) => work(), asNobody<void>])
    expect(() => ask(() => deleteSubvolume(at, raw("s")))).toThrow(failure("E_UNSAFE_FOLDER"));
  expect(readdirSync(`${path}/s`).sort()).toEqual(["a", "closed", "inner", "out"]);
});

test("another user's subvolume stays as it is", () => {
  const { at, path } = start("other");
  lchownSync(`${path}/s`, 1000, 1000);
  const before = statSync(`${path}/s`).ctimeMs;
  expect(() => asNobody(() => deleteSubvolume(at, raw("s")))).toThrow(failure("EPERM"));
  expect(statSync(`${path}/s`).ctimeMs).toBe(before);
});
