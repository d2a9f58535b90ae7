import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { findFaults, findLeftovers } from "../repository.ts";
import { IS_ROOT, makeSandbox, type Sandbox } from "../sandbox.ts";

beforeEach(({ skip }) => {
  if (!IS_ROOT) skip("only root can mount a small file system");
});

const MB = 1 << 20;

/** Bytes that do not compress. */
function noise(size: number, seed: number): Buffer {
  const hasher = (index: number): Uint8Array =>
    new Bun.CryptoHasher("sha512").update(`${seed} ${index}`).digest();
  return Buffer.concat(
    Array.from({ length: Math.ceil(size / 64) }, (_, index) => Buffer.from(hasher(index))),
  ).subarray(0, size);
}

/** A workspace on a disk of `megabytes`. */
async function start(megabytes: number): Promise<Sandbox> {
  const box = makeSandbox();
  box.mountMemory("disk", `size=${megabytes}m`);
  box.write({ "disk/w/a.txt": "a", "disk/w/keep.bin": noise(MB, 1) });
  await box.ok("disk/w", "init");
  await box.ok("disk/w", "snapshot", "one");
  return box;
}

/** Leaves so many bytes free. */
function fill(box: Sandbox, free: number): void {
  const { bavail, bsize } = statfsSync(box.path("disk"));
  writeFileSync(box.path("disk/ballast"), Buffer.alloc(Math.max(0, bavail * bsize - free)));
}

test("a snapshot that finds no room changes nothing, and works once there is some", async () => {
  for (const free of [2 * MB, MB, 600_000, 8192, 0]) {
    await using box = await start(16);
    box.write({ "disk/w/big.bin": noise(4 * MB, 2) });
    fill(box, free);
    const before = box.fingerprint("disk/w");

    const { exit, out, err } = await box.jvs("disk/w", "snapshot", "two", "--json");
    expect(exit, `${free} bytes free`).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "E_NO_SPACE" } });
    expect(err).toMatch(/no space left on the disk/);
    expect(err, "the way out").toMatch(/Free some space and run the command again/);
    expect(box.fingerprint("disk/w")).toEqual(before);
    expect(findFaults(box.path("disk/w"))).toEqual([]);
    expect(await box.ok("disk/w", "history")).not.toContain("two");
    await box.ok("disk/w", "status");

    rmSync(box.path("disk/ballast"));
    await box.ok("disk/w", "snapshot", "two");
    rmSync(box.path("disk/w/big.bin"));
    await box.ok("disk/w", "restore", "HEAD");
    expect(box.fingerprint("disk/w")).toEqual(before);
  }
});

test("a restore that finds no room changes nothing, and works once there is some", async () => {
  for (const free of [3 * MB, 2 * MB]) {
    await using box = await start(24);
    box.write({ "disk/w/big.bin": noise(4 * MB, 2) });
    const one = box.fingerprint("disk/w");
    await box.ok("disk/w", "snapshot", "big");
    rmSync(box.path("disk/w/big.bin"));
    box.write({ "disk/w/a.txt": "unsaved" });
    const before = box.fingerprint("disk/w");
    fill(box, free);

    const { exit, err } = await box.jvs("disk/w", "restore", "HEAD");
    expect({ exit, err }, `${free} bytes free`).toEqual({
      exit: 1,
      err: expect.stringContaining('"big.bin": no space left on the disk'),
    });
    expect(box.fingerprint("disk/w")).toEqual(before);
    expect(findLeftovers(box.path("disk/w"))).toEqual([]);

    rmSync(box.path("disk/ballast"));
    await box.ok("disk/w", "restore", "HEAD");
    expect(box.fingerprint("disk/w")).toEqual(one);
    await box.ok("disk/w", "undo");
    expect(box.fingerprint("disk/w")).toEqual(before);
    expect(findFaults(box.path("disk/w"))).toEqual([]);
  }
});

test("on a disk without a single free byte one can still look, and undo what needs no room", async () => {
  await using box = await start(16);
  box.write({ "disk/w/a.txt": "edited" });
  fill(box, 0);

  expect(await box.ok("disk/w", "status")).toContain("~ a.txt");
  await box.ok("disk/w", "history");
  await box.ok("disk/w", "diff", "--patch");
  await box.ok("disk/w", "cat", "HEAD", "a.txt");
  const { exit, err } = await box.jvs("disk/w", "export", "HEAD", "../copy");
  expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining("no space left") });
  expect(readdirSync(box.path("disk")).sort(), "no half export").toEqual(["ballast", "w"]);
});

test("on a full disk gc makes the room that it needs to make room", async () => {
  await using box = await start(24);
  for (const note of ["one", "two", "three"]) {
    box.write({ "disk/w/big.bin": noise(2 * MB, note.length) });
    await box.ok("disk/w", "snapshot", note);
  }
  await box.ok("disk/w", "config", "set", "retention.keep_last", "1");
  fill(box, 0);

  await box.ok("disk/w", "gc", "--now");
  const { bavail, bsize } = statfsSync(box.path("disk"));
  expect(bavail * bsize).toBeGreaterThan(2 * MB);
  expect(await box.ok("disk/w", "status")).toContain("Nothing to snapshot");
  rmSync(box.path("disk/ballast"));
  await box.ok("disk/w", "doctor", "--strict");
});

test("no more inodes is a full disk, too", async () => {
  await using box = makeSandbox();
  box.mountMemory("disk", "size=64m,nr_inodes=300");
  box.write({ "disk/w/a.txt": "a" });
  await box.ok("disk/w", "init");
  await box.ok("disk/w", "snapshot", "one");
  for (let index = 0; statfsSync(box.path("disk")).ffree > 0; index++)
    writeFileSync(box.path(`disk/w/${index}`), "x");

  const { exit, err } = await box.jvs("disk/w", "snapshot", "two");
  expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining("no space left") });
  rmSync(box.path("disk/w/0"));
  rmSync(box.path("disk/w/1"));
  for (let index = 2; index < 40; index++) rmSync(box.path(`disk/w/${index}`));
  await box.ok("disk/w", "snapshot", "two");
  expect(findFaults(box.path("disk/w"))).toEqual([]);
});

test("a file system that becomes read-only can be looked at, and is named", async () => {
  await using box = await start(16);
  box.write({ "disk/w/a.txt": "edited" });
  box.remount("disk", "ro");

  expect(await box.ok("disk/w", "status")).toContain("~ a.txt");
  expect(await box.ok("disk/w", "diff", "--stat")).toContain("Modified: 1");
  await box.ok("disk/w", "history");
  await box.ok("disk/w", "info");
  for (const argv of [["snapshot", "two"], ["restore", "HEAD"], ["undo"]]) {
    const { exit, err } = await box.jvs("disk/w", ...argv);
    expect({ exit, err }, argv[0]).toEqual({ exit: 1, err: expect.stringContaining("read-only") });
    expect(err).toContain("Mount it writable");
  }
  box.remount("disk", "rw");
  await box.ok("disk/w", "snapshot", "two");
});
