import { spawn } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { makeCowSandbox, shell, W } from "../cow-stage.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** Every subvolume of btrfs has it at its top. */
const TOP_INODE = 256;

function makeFolder(box: Sandbox): void {
  box.write({ [`${W}/d/a.txt`]: "a", [`${W}/b.bin`]: Buffer.alloc(1 << 20, 7) });
  shell(box, "chmod 750 . d; ln -s d/a.txt link; touch -d 2001-02-03 d/a.txt; chmod 400 d/a.txt");
}

function isSubvolume(box: Sandbox, name: string): boolean {
  return lstatSync(box.path(name)).ino === TOP_INODE;
}

test("a folder becomes a subvolume with all that is in it, and the former one goes", async ({
  skip,
}) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  const before = box.fingerprint(W);
  const { exit, out } = await box.jvs(W, "init", "--subvolume");

  expect({ exit, out }).toEqual({ exit: 0, out: expect.stringContaining("is a subvolume now") });
  expect([W, `${W}/.jvs`].map((name) => isSubvolume(box, name))).toEqual([true, true]);
  expect(box.fingerprint(W)).toEqual(before);
  expect(readdirSync(box.path("disk"))).toEqual(["w"]);
  expect(await box.json(W, "info")).toMatchObject({ snapshot_engine: "btrfs-snapshot" });
  await box.ok(W, "snapshot", "one");
  await box.ok(W, "doctor", "--strict");
});

test("a shell that stands in the former folder is named", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  const shellThere = spawn("sleep", ["60"], { cwd: box.path(`${W}/d`) });
  try {
    const { err } = await box.jvs(W, "init", "--subvolume");
    expect(err).toContain(`sleep (process ${shellThere.pid})`);
    expect(err).toContain(`cd ${box.path(W)}`);
  } finally {
    shellThere.kill();
  }
});

test("a file that is being written keeps the folder as it is", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  const before = box.fingerprint(W);
  const writer = spawn("sh", ["-c", "exec 3>>log; echo; sleep 60"], { cwd: box.path(W) });
  try {
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    const { exit, err } = await box.jvs(W, "init", "--subvolume");
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining('"log"') });
  } finally {
    writer.kill();
  }
  expect(box.fingerprint(W).filter((line) => !line.startsWith("log"))).toEqual(before);
  expect([isSubvolume(box, W), existsSync(box.path(`${W}/.jvs`))]).toEqual([false, false]);
  expect(readdirSync(box.path("disk"))).toEqual(["w"]);
});

test("killed before the exchange, the next attempt clears away the clone", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  const before = box.fingerprint(W);
  await box.run(W, ["init", "--subvolume"], { failPoint: "convert-cloned" });
  expect(readdirSync(box.path("disk"))).toHaveLength(2);
  expect([box.fingerprint(W), isSubvolume(box, W)]).toEqual([before, false]);
  await box.jvs(W, "init", "--subvolume");
  expect(readdirSync(box.path("disk"))).toEqual(["w"]);
  expect([box.fingerprint(W), isSubvolume(box, W)]).toEqual([before, true]);
});

test("killed after the exchange, doctor names the former folder", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  const before = box.fingerprint(W);
  await box.run(W, ["init", "--subvolume"], { failPoint: "convert-exchanged" });
  expect([box.fingerprint(W), isSubvolume(box, W)]).toEqual([before, true]);
  expect((await box.jvs(W, "init", "--subvolume")).exit).toBe(0);
  const left = readdirSync(box.path("disk")).find((name) => name !== "w");
  expect(box.fingerprint(`disk/${left}`)).toEqual(before);
  const { findings } = await box.json<{ findings: unknown[] }>(W, "doctor");
  expect(findings).toContainEqual(
    expect.objectContaining({
      code: "conversion-left",
      description: expect.stringContaining(`${left}`),
    }),
  );
});

test("without the flag a folder on btrfs stays as it is, and init says how", async ({ skip }) => {
  await using box = makeCowSandbox("btrfs", skip);
  makeFolder(box);
  expect(await box.ok(W, "init")).toContain("rm -r .jvs && jvs init --subvolume");
  expect(isSubvolume(box, W)).toBe(false);
  expect(await box.json(W, "info")).toMatchObject({ snapshot_engine: "objects" });
  expect((await box.jvs(W, "init", "--subvolume")).err).toContain("there is one already");
  expect(isSubvolume(box, W)).toBe(false);
});

test("elsewhere it is refused, with the reason", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  const { exit, err } = await box.jvs("w", "init", "--subvolume");
  expect({ exit, err }).toEqual({
    exit: 1,
    err: expect.stringMatching(/only btrfs has subvolumes/),
  });
  expect(readdirSync(box.path("w"))).toEqual(["a.txt"]);
});
