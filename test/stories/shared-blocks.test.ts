import {
  chmodSync,
  closeSync,
  copyFileSync,
  linkSync,
  openSync,
  readFileSync,
  statfsSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  begin,
  COW,
  expectSound,
  listStoredFiles,
  MIB,
  makeCowSandbox,
  noise,
  shell,
  W,
} from "../cow-stage.ts";
import { isAllShared, readExtents } from "../shared-extents.ts";

describe.each(COW)("on %s", (type) => {
  test("large files share their blocks with the store, and come back so", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, {
      "a.bin": noise(9 * MIB + 5, 1),
      "d/b.bin": noise(2 * MIB, 2),
      "just-large.bin": noise(MIB + 1, 3),
      "not-large.bin": noise(MIB, 4),
      "empty.bin": noise(0, 5),
      "small.txt": noise(30, 6),
    });
    linkSync(box.path(`${W}/a.bin`), box.path(`${W}/d/second-name.bin`));
    copyFileSync(box.path(`${W}/a.bin`), box.path(`${W}/same-again.bin`));
    chmodSync(box.path(`${W}/d/b.bin`), 0o4711);
    utimesSync(box.path(`${W}/d/b.bin`), 1e9, 1e9 + 0.25);
    shell(box, "setfattr -n user.note -v hello d/b.bin; chown 4711:4712 just-large.bin");
    const before = box.fingerprint(W);
    shell(box, "sync -f .");
    const free = statfsSync(box.path(W)).bavail;

    const taken = await box.json<{ stored_bytes: number }>(W, "snapshot", "one");

    const stored = listStoredFiles(box, W);
    expect(stored.length).toBe(3);
    for (const path of stored) {
      expect(isAllShared(path), path).toBe(true);
      expect(statSync(path).mode & 0o7777).toBe(0o400);
      expect(basename(path)).toBe(
        new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex"),
      );
    }
    expect(isAllShared(box.path(`${W}/a.bin`))).toBe(true);
    expect(readExtents(box.path(`${W}/not-large.bin`)).shared).toBe(0);
    expect(taken.stored_bytes).toBeGreaterThan(12 * MIB);
    const { bsize, bavail } = statfsSync(box.path(W));
    expect((free - bavail) * bsize).toBeLessThan(5 * MIB);

    shell(box, "rm -r a.bin d just-large.bin same-again.bin");
    await box.ok(W, "restore", "HEAD");
    expect(box.fingerprint(W)).toEqual(before);
    for (const name of ["a.bin", "d/b.bin", "just-large.bin", "same-again.bin"])
      expect(isAllShared(box.path(`${W}/${name}`)), name).toBe(true);
    await box.ok(W, "fork", "HEAD", "other");
    const fork = (await box.ok(W, "worktree", "path", "other")).trim();
    expect(box.fingerprint(fork.slice(box.root.length + 1))).toEqual(before);
    expect(isAllShared(join(fork, "a.bin"))).toBe(true);
    await expectSound(box);
  });

  test("large files come back from the folder of a snapshot as clones, too", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "a.bin": noise(3 * MIB, 1) });
    const before = box.fingerprint(W);
    const env = { JVS_SNAPSHOT_ENGINE: "reflink-copy" };
    expect((await box.run(W, ["snapshot", "one"], { env })).err).toBe("");
    shell(box, "rm a.bin");
    await box.ok(W, "restore", "HEAD");

    expect(box.fingerprint(W)).toEqual(before);
    expect(listStoredFiles(box, W)).toEqual([]);
    expect(isAllShared(box.path(`${W}/a.bin`))).toBe(true);
    await expectSound(box);
  });

  test("what is written to a file later does not reach the store", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "a.bin": noise(3 * MIB, 1) });
    await box.ok(W, "snapshot", "one");
    const one = box.fingerprint(W);
    const fd = openSync(box.path(`${W}/a.bin`), "r+");
    writeSync(fd, "edited", MIB);
    closeSync(fd);
    const two = box.fingerprint(W);
    await box.ok(W, "snapshot", "two");
    await box.ok(W, "restore", "HEAD~1");
    expect(box.fingerprint(W)).toEqual(one);
    await box.ok(W, "undo");
    expect(box.fingerprint(W)).toEqual(two);
    await expectSound(box);
  });

  test("holes stay where they are, also where the same bytes lie without them elsewhere", async ({
    skip,
  }) => {
    await using box = makeCowSandbox(type, skip);
    const dense = noise(2 * MIB, 1);
    dense.fill(0, 4096, MIB);
    await begin(box, { "dense.bin": dense });
    shell(
      box,
      "cp --reflink=never --sparse=always dense.bin holes.bin; truncate -s 5M all-hole.bin",
    );
    const before = box.fingerprint(W);
    expect(before.filter((line) => line.endsWith(" sparse")).length).toBe(2);
    await box.ok(W, "snapshot", "one");
    shell(box, "rm *.bin");
    await box.ok(W, "restore", "HEAD");
    expect(box.fingerprint(W)).toEqual(before);
    expect((await box.json<{ clean: boolean }>(W, "status")).clean).toBe(true);
    await expectSound(box);
  });

  test("a file that somebody keeps writing to is whole, or named", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "busy.bin": noise(24 * MIB, 1), "calm.bin": noise(24 * MIB, 2) });
    const fd = openSync(box.path(`${W}/busy.bin`), "r+");
    let count = 0;
    const timer = setInterval(() => writeSync(fd, `${++count}`, (count * 4099) % (20 * MIB)), 1);
    for (let round = 0; round < 4; round++) {
      const { exit, err } = await box.jvs(W, "snapshot", `${round}`, "--allow-unstable");
      expect([0, 3], err).toContain(exit);
      const strict = await box.jvs(W, "snapshot", `${round}`);
      expect(strict.exit === 0 || strict.err.includes("busy.bin")).toBe(true);
    }
    clearInterval(timer);
    closeSync(fd);
    const before = box.fingerprint(W);
    await box.ok(W, "snapshot", "at rest");
    await expectSound(box);
    await box.ok(W, "restore", "HEAD~1");
    await box.ok(W, "restore", "HEAD");
    expect(box.fingerprint(W)).toEqual(before);
  });

  test("what a program has mapped and not synced is in the snapshot", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "mapped.bin": noise(3 * MIB, 1) });
    const mapped = Bun.mmap(box.path(`${W}/mapped.bin`), { shared: true });
    for (let round = 0; round < 5; round++) {
      mapped[MIB + round] = (mapped[MIB + round] ?? 0) ^ 0xff;
      await box.ok(W, "snapshot", `${round}`);
      const out = await box.run(W, ["cat", "HEAD", "mapped.bin"]);
      expect(out.bytes.equals(Buffer.from(mapped)), `round ${round}`).toBe(true);
      mapped[2 * MIB + round] = (mapped[2 * MIB + round] ?? 0) ^ 0xff;
    }
    await expectSound(box);
  });

  test("two threads clone what is much, and a second snapshot adds nothing", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    const many = Array.from({ length: 90 }, (_, at) => [`${at}.bin`, noise(MIB + 1 + at, at)]);
    await begin(box, Object.fromEntries(many));
    const before = box.fingerprint(W);
    await box.ok(W, "snapshot", "one");
    expect(listStoredFiles(box, W).length).toBe(90);
    expect(listStoredFiles(box, W).every(isAllShared)).toBe(true);
    shell(box, "mkdir d; mv 1*.bin d");
    const { stored_bytes } = await box.json<{ stored_bytes: number }>(W, "snapshot", "two");
    expect(stored_bytes).toBeLessThan(MIB);
    await box.ok(W, "restore", "HEAD~1");
    expect(box.fingerprint(W)).toEqual(before);
    await expectSound(box);
  });
});
