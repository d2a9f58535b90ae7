import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "../../../test/fingerprint.ts";
import { makeSocket, setXattr } from "../../../test/system-calls.ts";
import { ACL, fillWithAll, OLD, startIn } from "./convert.suite.ts";
import { convertToSubvolume, findConversionLeftovers } from "./convert-to-subvolume.ts";
import { asNobodyLater, raw, takeOver, useScratchBtrfs } from "./scratch-btrfs.suite.ts";
import { createSubvolume, isSubvolumeAt } from "./subvolume.ts";

const disk = useScratchBtrfs();

const failure = (code: string): unknown => expect.objectContaining({ code });

/** Nothing was done: all is as it was, and there is nothing beside it. */
async function expectRefused(place: { at: number; path: string }, code: string): Promise<void> {
  const before = fingerprint(`${place.path}/w`);
  const { ino } = statSync(`${place.path}/w`);
  await expect(convertToSubvolume(place.at, raw("w"))).rejects.toThrow(failure(code) as Error);
  expect(fingerprint(`${place.path}/w`)).toEqual(before);
  expect(statSync(`${place.path}/w`).ino).toBe(ino);
  expect(findConversionLeftovers(place.at, raw("w"))).toEqual([]);
}

test("everything comes along, and shares its blocks", async () => {
  const { at, path } = startIn(disk, "all", fillWithAll);
  const [before, mtime] = [fingerprint(`${path}/w`), statSync(`${path}/w/closed/deep`).mtimeMs];

  const { former, late, parted } = await convertToSubvolume(at, raw("w"));
  expect(isSubvolumeAt(at, raw("w"))).toBe(true);
  expect(fingerprint(`${path}/w`)).toEqual(before);
  expect(fingerprint(`${path}/${former}`)).toEqual(before);
  expect([late, parted]).toEqual([[], []]);
  expect(statSync(`${path}/w/closed/deep`).mtimeMs).toBe(mtime);
  expect(statSync(`${path}/w`, { bigint: true }).mtimeNs).toBe(OLD);
  expect(findConversionLeftovers(at, raw("w"))).toEqual([{ name: former, isClone: false }]);
  const shared = Bun.spawnSync(["filefrag", "-v", `${path}/w/closed/large`]).stdout.toString();
  expect(shared).toContain("shared");
});

test("what the parent hands down to new folders is not taken over", async () => {
  const { at, path } = startIn(disk, "inherits", (folder) => writeFileSync(`${folder}/a`, "a"));
  setXattr(path, "system.posix_acl_default", ACL);
  chmodSync(path, 0o2755);
  Bun.spawnSync(["chattr", "+C", path]);
  const before = fingerprint(`${path}/w`);
  await convertToSubvolume(at, raw("w"));
  expect(fingerprint(`${path}/w`)).toEqual(before);
});

test("files whose blocks are never copied on write", async () => {
  const { at, path } = startIn(disk, "nocow", (folder) => {
    mkdirSync(`${folder}/images`);
    Bun.spawnSync(["chattr", "+C", `${folder}/images`]);
    writeFileSync(`${folder}/images/disk`, Buffer.alloc(100_000, "x"));
    writeFileSync(`${folder}/plain`, Buffer.alloc(100_000, "y"));
    renameSync(`${folder}/plain`, `${folder}/images/plain`);
  });
  const before = fingerprint(`${path}/w`);
  await convertToSubvolume(at, raw("w"));
  expect(fingerprint(`${path}/w`)).toEqual(before);
  const listed = Bun.spawnSync(["lsattr", "-d", `${path}/w/images/disk`]).stdout.toString();
  expect(listed).toMatch(/^\S*C\S* /);
});

test("names outside of the folder stay with the former file, and that is said", async () => {
  const { at, path } = startIn(disk, "parted", (folder) => {
    writeFileSync(`${folder}/a`, "a");
    linkSync(`${folder}/a`, `${folder}/b`);
    linkSync(`${folder}/a`, `${folder}/../outside`);
  });
  const { parted } = await convertToSubvolume(at, raw("w"));
  expect(parted).toHaveLength(1);
  expect(["a", "b"]).toContain(parted[0] as string);
  expect(statSync(`${path}/w/a`).ino).toBe(statSync(`${path}/w/b`).ino);
});

test("refuses what it could not bring along", async () => {
  const inside = startIn(disk, "subvolume", (folder) => mkdirSync(`${folder}/sub`));
  createSubvolume(disk.open("subvolume/w/sub"), raw("s"));
  await expectRefused(inside, "E_UNSAFE_FOLDER");
  await expectRefused(
    startIn(disk, "socket", (folder) => makeSocket(`${folder}/s`)),
    "E_UNSAFE_FOLDER",
  );
  const fixed = startIn(disk, "fixed", (folder) => writeFileSync(`${folder}/f`, "x"));
  Bun.spawnSync(["chattr", "+i", `${fixed.path}/w/f`]);
  await expectRefused(fixed, "E_PERMISSION");
  Bun.spawnSync(["chattr", "-i", `${fixed.path}/w/f`]);
});

test("refuses a folder in which something is mounted, or that is a mount", async () => {
  const place = startIn(disk, "mounted", (folder) =>
    mkdirSync(`${folder}/deep/in`, { recursive: true }),
  );
  for (const point of ["w/deep/in", "w"]) {
    Bun.spawnSync(["mount", "--bind", place.path, `${place.path}/${point}`]);
    const attempt = convertToSubvolume(place.at, raw("w"));
    try {
      await expect(attempt).rejects.toThrow(failure("E_UNSAFE_FOLDER") as Error);
    } finally {
      Bun.spawnSync(["umount", `${place.path}/${point}`]);
    }
  }
  expect(readdirSync(place.path)).toEqual(["w"]);
});

test("refuses while a program writes, by an open file or by a map", async () => {
  const place = startIn(disk, "writing", (folder) => writeFileSync(`${folder}/f`, "x"));
  const fd = openSync(`${place.path}/w/f`, "a");
  await expectRefused(place, "E_IN_USE");
  closeSync(fd);
  const mapped = Bun.mmap(`${place.path}/w/f`, { shared: true });
  await expectRefused(place, "E_IN_USE");
  expect(mapped).toHaveLength(1);
});

test("refuses a second time, another file system, and what is no folder", async () => {
  const { at, path } = startIn(disk, "twice", (folder) => writeFileSync(`${folder}/f`, "x"));
  const { former } = await convertToSubvolume(at, raw("w"));
  await expect(convertToSubvolume(at, raw("w"))).rejects.toThrow(failure("E_EXISTS") as Error);
  writeFileSync(`${path}/file`, "");
  symlinkSync(former, `${path}/link`);
  for (const name of ["file", "link", "missing"])
    await expect(convertToSubvolume(at, raw(name))).rejects.toThrow();
  const tmp = openSync("/proc", "r");
  const elsewhere = convertToSubvolume(tmp, raw("self"));
  await expect(elsewhere).rejects.toThrow(failure("E_ENGINE_UNUSABLE") as Error);
  closeSync(tmp);
  expect(readdirSync(path).sort()).toEqual([former, "file", "link", "w"].sort());
});

test("anybody converts what is all theirs, not what others have a part in", async () => {
  const theirs = startIn(disk, "theirs", (folder) => {
    writeFileSync(`${folder}/f`, "x");
    takeOver(`${folder}/f`);
    takeOver(folder);
  });
  takeOver(theirs.path);
  const before = fingerprint(`${theirs.path}/w`);
  await asNobodyLater(() => convertToSubvolume(theirs.at, raw("w")));
  expect(isSubvolumeAt(theirs.at, raw("w"))).toBe(true);
  expect(fingerprint(`${theirs.path}/w`)).toEqual(before);

  const mixed = startIn(disk, "mixed", (folder) => {
    writeFileSync(`${folder}/f`, "root's");
    takeOver(folder);
  });
  takeOver(mixed.path);
  const attempt = asNobodyLater(() => convertToSubvolume(mixed.at, raw("w")));
  await expect(attempt).rejects.toThrow(
    expect.objectContaining({ code: "EPERM", action: "set the owner of", path: "f" }) as Error,
  );
  expect(readdirSync(mixed.path)).toEqual(["w"]);
  expect(existsSync(`${mixed.path}/w/f`)).toBe(true);
});
