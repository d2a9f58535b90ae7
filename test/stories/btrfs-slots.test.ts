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
  expect(await box.ok(W, "doctor", "--strict")).toContain("Engine: btrfs-snapshot");
});

test("another subvolume inside is reported, and never believed to be kept", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  await beginSubvolume(box);
  shell(box, "btrfs subvolume create inner; echo two > inner/b");
  for (const note of ["one", "two"]) {
    const { out } = await box.run(W, ["snapshot", note, "--json"], {
      env: { JVS_SNAPSHOT_ENGINE: "btrfs-snapshot" },
    });
    expect(JSON.parse(out)).toMatchObject({ losses: [{ path: "inner", kind: "subvolume" }] });
  }
  expect(await box.json(W, "status")).toMatchObject({ clean: false });
  await box.ok(W, "doctor", "--strict");
});

test("who may not ask what changed gets the same snapshots", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  await beginSubvolume(box);
  shell(box, "chmod 755 ../..; mkdir ../../home/x; echo two > d/b; echo junk > junk");
  box.write({ [`${W}/.jvsignore`]: "junk\n" });
  box.giveAway("disk");
  box.giveAway("home");
  const jvs = async (...argv: string[]): Promise<string> => {
    const { exit, out, err } = await box.run(W, argv, { asNobody: true });
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    return out;
  };
  for (const note of ["one", "two", "three"]) {
    shell(box, `echo ${note} > d/a; mv d/b d/c; mv d/c d/b`);
    box.giveAway(`${W}/d`);
    const before = box.fingerprint(W);
    const { snapshot_id: id } = JSON.parse(await jvs("snapshot", note, "--json"));
    expect(box.fingerprint(`${W}/.jvs/snapshots/${id}`)).toEqual(
      before.filter((line) => !line.startsWith("junk ")),
    );
  }
  await jvs("verify", "--all");
  await jvs("config", "set", "retention.keep_last", "1");
  await jvs("gc", "--now");
  expect(slotsOf(box)).toHaveLength(1);
});

test("a large snapshot is forked whole when no workspace has its files any more", async ({
  skip,
}) => {
  await using box = makeCowSandbox("btrfs", skip);
  await beginSubvolume(box);
  shell(box, "for n in $(seq 6000); do echo $n > d/$n; done");
  await box.ok(W, "snapshot", "one");
  const before = box.fingerprint(W);
  shell(box, "for n in $(seq 6000); do echo other $n > d/$n; done");
  await box.ok(W, "snapshot", "two");
  await box.ok(W, "worktree", "fork", "HEAD~1", "side");
  expect(box.fingerprint(`${W}/.jvs/worktrees/side`)).toEqual(before);
});
