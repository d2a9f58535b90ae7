import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { renameToFree } from "../at.ts";
import { asNobody, raw, takeOver, useScratchBtrfs } from "./scratch-btrfs.suite.ts";
import {
  commitChanges,
  createSubvolume,
  isSubvolume,
  isSubvolumeAt,
  setReadOnly,
  snapshotSubvolume,
  subvolumeOf,
} from "./subvolume.ts";

const disk = useScratchBtrfs();

/** A subvolume with a file, and the open top of the disk. */
function start(name: string): { at: number; source: number; path: string } {
  const at = disk.open();
  createSubvolume(at, raw(name));
  writeFileSync(`${disk.path}/${name}/a.txt`, "one");
  return { at, source: disk.open(name), path: disk.path };
}

const failure = (code: string): unknown => expect.objectContaining({ code });

test("tells a subvolume from a folder, and both from what is no btrfs", () => {
  const { source, path, at } = start("kind");
  mkdirSync(`${path}/kind/sub`);
  const sub = openSync(`${path}/kind/sub`, "r");
  const other = openSync(tmpdir(), "r");

  expect([isSubvolume(at), isSubvolume(source), isSubvolume(sub), isSubvolume(other)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isSubvolumeAt(at, raw("kind"))).toBe(true);
  expect(isSubvolumeAt(source, raw("sub"))).toBe(false);
  expect(isSubvolumeAt(source, raw("a.txt"))).toBe(false);
  expect(isSubvolumeAt(source, raw("missing"))).toBe(false);
  expect(subvolumeOf(sub).id).toBe(subvolumeOf(source).id);
  expect(() => subvolumeOf(other)).toThrow(failure("ENOTTY"));
  expect(() => createSubvolume(other, raw("x"))).toThrow(failure("E_ENGINE_UNUSABLE"));
  for (const fd of [sub, other]) closeSync(fd);
});

test("a snapshot is the source at that moment, and refuses to be changed", () => {
  const { at, source, path } = start("src");
  snapshotSubvolume(source, { at, name: raw("src.1") }, { readOnly: true });
  writeFileSync(`${path}/src/a.txt`, "two");

  expect(readFileSync(`${path}/src.1/a.txt`, "utf8")).toBe("one");
  expect(() => writeFileSync(`${path}/src.1/a.txt`, "x")).toThrow(failure("EROFS"));
  expect(() => rmSync(`${path}/src.1/a.txt`)).toThrow(failure("EROFS"));
  expect(statSync(`${path}/src.1/a.txt`).ino).toBe(statSync(`${path}/src/a.txt`).ino);
});

test("knows what it is a snapshot of, and since when", () => {
  const { at, source } = start("info");
  snapshotSubvolume(source, { at, name: raw("info.1") }, { readOnly: true });
  snapshotSubvolume(source, { at, name: raw("info.2") }, { readOnly: false });
  const [of, first, second] = [source, disk.open("info.1"), disk.open("info.2")].map(subvolumeOf);

  expect(of).toMatchObject({ sourceUuid: undefined, isReadOnly: false });
  expect(first).toMatchObject({ sourceUuid: of?.uuid, isReadOnly: true });
  expect(second).toMatchObject({ sourceUuid: of?.uuid, isReadOnly: false });
  expect(new Set([of?.id, first?.id, second?.id]).size).toBe(3);
  expect(first?.createdIn).toBe(first?.generation);
  expect(second?.createdIn).toBeGreaterThan(first?.createdIn ?? Number.NaN);
});

test("a name that is taken, too long or not UTF-8", () => {
  const { at, source } = start("names");
  const odd = raw("\xff\n\x01");
  snapshotSubvolume(source, { at, name: odd }, { readOnly: true });
  const again = (name: string) => () =>
    snapshotSubvolume(source, { at, name: raw(name) }, { readOnly: true });

  expect(isSubvolumeAt(at, odd)).toBe(true);
  expect(again(odd)).toThrow(failure("EEXIST"));
  expect(again("names")).toThrow(failure("EEXIST"));
  expect(again("a/b")).toThrow(failure("EINVAL"));
  again("n".repeat(255))();
  expect(again("n".repeat(256))).toThrow(failure("ENAMETOOLONG"));
  expect(() => createSubvolume(at, odd)).toThrow(
    expect.objectContaining({ code: "EEXIST", path: "\\xff\\x0a\\x01" }),
  );
});

test("only a subvolume can be the source", () => {
  const { at, source, path } = start("whole");
  mkdirSync(`${path}/whole/part`);
  const part = openSync(`${path}/whole/part`, "r");

  const snap = (): void => snapshotSubvolume(part, { at, name: raw("part.1") }, { readOnly: true });
  expect(snap).toThrow(failure("EINVAL"));
  expect(isSubvolume(source)).toBe(true);
  closeSync(part);
});

test("is made writable and read-only; keeps its name in the folder while it is", () => {
  const { at, source, path } = start("turn");
  setReadOnly(source, true);
  expect(() => writeFileSync(`${path}/turn/a.txt`, "x")).toThrow(failure("EROFS"));
  expect(subvolumeOf(source).isReadOnly).toBe(true);
  mkdirSync(`${path}/elsewhere`);
  const elsewhere = disk.open("elsewhere");

  // What a caller has to know who moves snapshots: only inside their folder.
  renameToFree({ at, name: raw("turn") }, { at, name: raw("turned") });
  const move = (): void =>
    renameToFree({ at, name: raw("turned") }, { at: elsewhere, name: raw("turned") });
  expect(move).toThrow(failure("EROFS"));
  setReadOnly(source, false);
  move();
  writeFileSync(`${path}/elsewhere/turned/a.txt`, "x");
  commitChanges(at);
  expect(subvolumeOf(source).isReadOnly).toBe(false);
  expect(readdirSync(`${path}/elsewhere`)).toEqual(["turned"]);
});

test("nobody special makes subvolumes and snapshots of what is theirs, not of others'", () => {
  const { at, source, path } = start("roots");
  mkdirSync(`${path}/theirs`);
  takeOver(`${path}/theirs`);
  const theirs = disk.open("theirs");

  asNobody(() => {
    createSubvolume(theirs, raw("mine"));
    writeFileSync(`${path}/theirs/mine/f`, "f");
    const mine = openSync(`${path}/theirs/mine`, "r");
    snapshotSubvolume(mine, { at: theirs, name: raw("mine.1") }, { readOnly: true });
    expect(subvolumeOf(mine).isReadOnly).toBe(false);
    commitChanges(mine);
    expect(() =>
      snapshotSubvolume(source, { at: theirs, name: raw("stolen") }, { readOnly: true }),
    ).toThrow(failure("EPERM"));
    expect(() => setReadOnly(source, true)).toThrow(failure("EPERM"));
    expect(() => createSubvolume(at, raw("not-mine"))).toThrow(failure("EACCES"));
    closeSync(mine);
  });
  expect(readFileSync(`${path}/theirs/mine.1/f`, "utf8")).toBe("f");
});
