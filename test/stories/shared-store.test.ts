import {
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename } from "node:path";
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
import { flipByte } from "../damage.ts";
import { KEEP_ONE, setRepoJson } from "../gc-history.ts";
import { findFaults } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

describe.each(COW)("on %s", (type) => {
  test("a flipped byte is named, and healed from the workspace", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "a.bin": noise(3 * MIB, 1), "b.bin": noise(2 * MIB, 2) });
    await box.ok(W, "snapshot", "one");
    const before = box.fingerprint(W);
    const [path = ""] = listStoredFiles(box, W);
    flipByte(path, MIB);
    for (const argv of [["verify"], ["verify", "--all"], ["doctor", "--strict"]]) {
      const { exit, out, err } = await box.jvs(W, ...argv);
      expect({ exit, isNamed: `${out}${err}`.includes(basename(path)) }).toEqual({
        exit: 12,
        isNamed: true,
      });
    }
    const name = statSync(path).size === 3 * MIB ? "a.bin" : "b.bin";
    renameSync(box.path(`${W}/${name}`), box.path(`disk/aside-${name}`));
    const { exit, err } = await box.jvs(W, "restore", "HEAD");
    expect({ exit, err }).toEqual({ exit: 12, err: expect.stringContaining(basename(path)) });
    shell(box, `mv ../aside-${name} ${name}`);

    await box.ok(W, "doctor", "--strict", "--repair");
    expect(listStoredFiles(box, W)).not.toContain(path);
    rmSync(box.path(`${W}/${name}`));
    await box.ok(W, "restore", "HEAD");
    expect(box.fingerprint(W)).toEqual(before);
    await expectSound(box);
  });

  test("gc removes the files of removed snapshots, and no others; du tells what they take", async ({
    skip,
  }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "stays.bin": noise(2 * MIB, 1) });
    setRepoJson(box, { retention: KEEP_ONE }, W);
    for (const seed of [2, 3, 4]) {
      writeFileSync(box.path(`${W}/changes.bin`), noise(3 * MIB, seed));
      await box.ok(W, "snapshot", `${seed}`);
    }
    expect(listStoredFiles(box, W).length).toBe(4);
    const usage = await box.json<{ snapshots: { only_bytes: number }[]; stored_bytes: number }>(
      W,
      "du",
    );
    expect(usage.stored_bytes).toBeGreaterThan(11 * MIB);
    expect(usage.snapshots[0]?.only_bytes).toBeGreaterThan(3 * MIB);

    const plan = await box.json<{ deletable_bytes_estimate: number }>(W, "gc", "plan");
    expect(plan.deletable_bytes_estimate).toBeGreaterThan(3 * MIB);
    await box.ok(W, "gc", "--now");
    expect(listStoredFiles(box, W).length).toBe(3);
    await box.ok(W, "restore", "HEAD");
    expect((await box.jvs(W, "verify", "--all")).exit).toBe(0);
  });

  test("a repository that moves to a file system without shared blocks goes on", async ({
    skip,
  }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "a.bin": noise(3 * MIB, 1) });
    await box.ok(W, "snapshot", "one");
    const one = box.fingerprint(W);
    await using plain = makeSandbox();
    Bun.spawnSync(["cp", "-a", box.path(W), plain.path("w")]);
    expect(plain.fingerprint("w")).toEqual(one);
    plain.write({ "w/a.bin": noise(3 * MIB, 9) });
    await plain.ok("w", "snapshot", "two");
    await plain.ok("w", "restore", "HEAD~1");
    expect(plain.fingerprint("w")).toEqual(one);
    expect((await plain.jvs("w", "verify", "--all")).exit).toBe(0);

    await using back = makeCowSandbox(type, skip);
    Bun.spawnSync(["cp", "-a", plain.path("w"), back.path(W)]);
    await back.ok(W, "restore", "HEAD");
    back.write({ [`${W}/b.bin`]: noise(3 * MIB, 7) });
    await back.ok(W, "snapshot", "three");
    await expectSound(back);
  });

  test("a full disk is said, and leaves the store as it was", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    await begin(box, { "a.bin": noise(2 * MIB, 1) });
    await box.ok(W, "snapshot", "one");
    box.write({ [`${W}/b.bin`]: noise(6 * MIB, 2) });
    for (let at = 0; at < 3000; at++) box.write({ [`${W}/many/${at}`]: noise(8000, at) });
    shell(
      box,
      'sync -f .; for mib in 512 256 128 64 32 16 8 4 2 1; do fallocate -l "$mib"M ../ballast-$mib || true; done',
    );
    const before = box.fingerprint(W);
    const { exit, err } = await box.jvs(W, "snapshot", "two");
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining("no space left") });
    expect(findFaults(box.path(W))).toEqual([]);
    shell(box, "rm ../ballast*; sync -f .");
    await box.ok(W, "snapshot", "two");
    expect(box.fingerprint(W)).toEqual(before);
    await expectSound(box);
  });

  test("no link in the store leads anything outside", async ({ skip }) => {
    await using box = makeCowSandbox(type, skip);
    const content = noise(2 * MIB, 1);
    await begin(box, { "a.bin": content });
    const id = new Bun.CryptoHasher("sha256").update(content).digest("hex");
    const outside = box.path("disk/outside");
    mkdirSync(outside);
    const folder = box.path(`${W}/.jvs/objects/files/${id.slice(0, 2)}`);
    symlinkSync(outside, folder);
    const { exit } = await box.jvs(W, "snapshot", "one");
    expect(exit).toBe(1);
    expect(Bun.spawnSync(["ls", "-A", outside]).stdout.toString()).toBe("");
    rmSync(folder);
    await box.ok(W, "snapshot", "one");
    truncateSync(listStoredFiles(box, W)[0] ?? "", MIB);
    expect((await box.jvs(W, "verify")).exit).toBe(12);
  });

  test.for(["file-cloned:2", "files-installing", "step-9", "step-10"])(
    "killed at %s, a snapshot never was, and leaves nothing that stays",
    async (failPoint, { skip }) => {
      await using box = makeCowSandbox(type, skip);
      await begin(box, { "a.bin": noise(2 * MIB, 1), "b.bin": noise(3 * MIB, 2) });
      const before = box.fingerprint(W);
      const { signal } = await box.run(W, ["snapshot", "one"], { failPoint });
      expect(signal).toBe("SIGKILL");
      expect((await box.json<{ clean: boolean }>(W, "status")).clean).toBe(false);
      expect(findFaults(box.path(W))).toEqual([]);
      const isInstalled = ["files-installing", "step-10"].includes(failPoint);
      expect(listStoredFiles(box, W).length > 0).toBe(isInstalled);

      await box.ok(W, "snapshot", "two");
      expect(listStoredFiles(box, W).length).toBe(2);
      rmSync(box.path(`${W}/a.bin`));
      await box.ok(W, "restore", "HEAD");
      expect(box.fingerprint(W)).toEqual(before);
      await expectSound(box);
    },
  );
});
