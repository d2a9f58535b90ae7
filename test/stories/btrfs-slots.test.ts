import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { expectSound, makeCowSandbox, shell, W } from "../cow-stage.ts";
import type { Sandbox } from "../sandbox.ts";

/** A workspace that is a subvolume, with one file. */
async function beginSubvolume(box: Sandbox): Promise<void> {
  Bun.spawnSync(["btrfs", "subvolume", "create", box.path(W)]);
  shell(box, "mkdir d; echo one > d/a");
  await box.ok(W, "init");
}

function slotsOf(box: Sandbox): string[] {
  return readdirSync(box.path(`${W}/.jvs/snapshots`));
}

test("the subvolume of a snapshot that was never finished goes with the next command", async ({
  skip,
}) => {
  await using box = makeCowSandbox("btrfs", skip);
  await beginSubvolume(box);
  await box.ok(W, "snapshot", "one");
  const [kept] = slotsOf(box);
  for (const failPoint of ["slot-filled", "captured", "sealed"]) {
    const before = slotsOf(box).length;
    shell(box, `echo ${failPoint} > d/a`);
    const { signal } = await box.run(W, ["snapshot", "killed"], { failPoint });
    expect(signal).toBe("SIGKILL");
    expect(slotsOf(box), failPoint).toHaveLength(before + 1);
    await box.ok(W, "snapshot", "", "--if-changed");
    expect(slotsOf(box), failPoint).toContain(kept);
    expect(slotsOf(box), failPoint).toHaveLength(before + 1);
  }
  await expectSound(box);
});

test("the subvolume of a snapshot goes when the snapshot goes", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  await beginSubvolume(box);
  for (const note of ["one", "two", "three"]) {
    shell(box, `echo ${note} > d/a`);
    await box.ok(W, "snapshot", note);
  }
  expect(slotsOf(box)).toHaveLength(3);
  await box.ok(W, "config", "set", "retention.keep_last", "1");
  await box.ok(W, "gc", "--now");
  expect(slotsOf(box)).toHaveLength(1);
  await box.ok(W, "doctor", "--strict");
});
