import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readIndex } from "../../src/tree/index-file.ts";
import { makeCowSandbox } from "../cow-stage.ts";
import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";
import type { Sandbox } from "../sandbox.ts";
import { setMtime } from "../system-calls.ts";

/** Longer than a tick of the clock: what was written before is known by its times. */
const SETTLE_MS = 25;

async function jvs(folder: string, ...argv: string[]): Promise<string> {
  const ran = await runInProcess(folder, argv, { engine: "btrfs-snapshot" });
  expect({ ...ran, out: "" }, argv.join(" ")).toEqual({ exit: 0, out: "", err: "" });
  return ran.out;
}

/** A project whose index is written, and whose snapshot `one` nobody has touched. */
async function openProject(box: Sandbox, { hasIgnored = false, hasLinks = false } = {}) {
  const home = box.path("disk/p");
  await jvs(box.path("disk"), "init", "p");
  const main = join(home, "main");
  for (let folder = 0; folder < 20; folder++) {
    mkdirSync(join(main, `d/${folder}`), { recursive: true });
    for (let at = 0; at < 20; at++)
      writeFileSync(join(main, `d/${folder}/${at}`), `${folder} ${at}`);
  }
  symlinkSync("d/1/3", join(main, "link"));
  if (hasLinks) linkSync(join(main, "d/1/1"), join(main, "second-name"));
  if (hasIgnored) {
    writeFileSync(join(main, ".jvsignore"), "*.tmp\n");
    writeFileSync(join(main, "d/3/left.tmp"), "left out");
  }
  await Bun.sleep(SETTLE_MS);
  await jvs(main, "snapshot", "one");
  const saved = fingerprint(main).filter((line) => !line.includes(".tmp "));
  return { main, saved, fork: join(home, "worktrees/f"), home };
}

/** What tells one index file from another, whatever its tokens. */
function sumOf(home: string, worktree: string): bigint | undefined {
  return readIndex(join(home, `.jvs/cache/index.${worktree}`))?.checksum;
}

/** It is what was saved, and what is recorded of it, too. */
async function expectFork(fork: string, saved: Fingerprint | readonly string[]): Promise<void> {
  expect(fingerprint(fork)).toEqual(saved);
  expect(JSON.parse(await jvs(fork, "status", "--json"))).toMatchObject({ clean: true });
  await jvs(fork, "verify", "--all");
}

/** The fork is a workspace like any other: what is changed in it is found, and all else is as before. */
async function expectSnapshotIn(fork: string): Promise<void> {
  writeFileSync(join(fork, "d/7/7"), "edited in the fork");
  rmSync(join(fork, "d/8"), { recursive: true });
  await jvs(fork, "snapshot", "in the fork");
  // Not before: to read a file for the first time changes it, as the file system has it.
  const now = fingerprint(fork);
  await expectFork(fork, now);
  await jvs(fork, "fork", "--from", "HEAD", "--name", "of-the-fork");
  expect(fingerprint(join(fork, "../of-the-fork"))).toEqual(now);
}

describe("a fork of a folder that nobody touched", () => {
  test("takes over the index, with what the file system knows from there on", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, fork, saved, home } = await openProject(box);
    await jvs(main, "fork", "--from", "one", "--name", "f");

    expect(sumOf(home, "f")).toBe(sumOf(home, "main"));
    expect(readIndex(join(home, ".jvs/cache/index.f"))).toMatchObject({ token: undefined });
    expect(readIndex(join(home, ".jvs/cache/index.f"))?.frozen).toBeDefined();
    // The first snapshot goes by that, before anything has walked the fork.
    await expectSnapshotIn(fork);
    await jvs(main, "fork", "--from", "one", "--name", "g");
    await expectFork(join(home, "worktrees/g"), saved);
  });

  test.for(["nobody looked", "status looked"])(
    "is the snapshot, whatever was done in the workspace since, and %s",
    async (who, { skip }) => {
      await using box = makeCowSandbox("btrfs", skip);
      const { main, fork, saved, home } = await openProject(box);
      writeFileSync(join(main, "d/1/1"), "0 0");
      rmSync(join(main, "d/2/2"));
      mkdirSync(join(main, "d/2/2"));
      writeFileSync(join(main, "d/new"), "not in the snapshot");
      renameSync(join(main, "d/4"), join(main, "e"));
      chmodSync(join(main, "d/5"), 0o700);
      // Another file by the same name, that says the same.
      const twin = readFileSync(join(main, "d/6/6"));
      rmSync(join(main, "d/6/6"));
      writeFileSync(join(main, "d/6/6"), twin);
      await Bun.sleep(SETTLE_MS);
      if (who === "status looked") await jvs(main, "status");
      await jvs(main, "fork", "--from", "one", "--name", "f");

      expect(sumOf(home, "f")).toBe(sumOf(home, "main"));
      await expectFork(fork, saved);
      // Another one, that no walk has looked at yet.
      await jvs(main, "fork", "--from", "one", "--name", "g");
      await expectSnapshotIn(join(home, "worktrees/g"));
    },
  );

  test("knows names of one file that were parted in the workspace since", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, fork, saved } = await openProject(box, { hasLinks: true });
    const content = readFileSync(join(main, "d/1/1"));
    const { mtimeNs } = statSync(join(main, "second-name"), { bigint: true });
    rmSync(join(main, "second-name"));
    writeFileSync(join(main, "second-name"), content);
    setMtime(join(main, "second-name"), mtimeNs);
    await Bun.sleep(SETTLE_MS);
    await jvs(main, "status");
    await jvs(main, "fork", "--from", "one", "--name", "f");

    await jvs(fork, "snapshot", "in the fork");
    const [one, inFork] = [
      await jvs(main, "show", "one", "--json"),
      await jvs(fork, "show", "HEAD", "--json"),
    ];
    expect(JSON.parse(inFork).links).toBe(JSON.parse(one).links);
    await expectFork(fork, saved);
  });
});

describe("a fork of a folder that is not as it was made", () => {
  test("has nothing of what rules leave out, and an index that knows it", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, fork, saved, home } = await openProject(box, { hasIgnored: true });
    writeFileSync(join(main, "d/9/later.tmp"), "left out, too");
    writeFileSync(join(main, "d/1/1"), "edited");
    writeFileSync(join(main, "d/10/new"), "not in the snapshot");
    rmSync(join(main, "d/11/11"));
    await Bun.sleep(SETTLE_MS);
    await jvs(main, "snapshot", "two");
    await jvs(main, "fork", "--from", "one", "--name", "f");

    expect(existsSync(join(fork, "d/3/left.tmp"))).toBe(false);
    const index = readIndex(join(home, ".jvs/cache/index.f"));
    expect(index?.totals.dead, "a walk leaves no rows of what is gone").toBeGreaterThan(0);
    await expectFork(fork, saved);
    await jvs(main, "fork", "--from", "one", "--name", "g");
    await expectSnapshotIn(join(home, "worktrees/g"));
  });

  test("is the snapshot all the same", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, fork, saved, home } = await openProject(box);
    const [slot] = readdirSync(join(home, ".jvs/snapshots"));
    const folder = join(home, ".jvs/snapshots", String(slot));
    Bun.spawnSync(["btrfs", "property", "set", folder, "ro", "false"]);
    writeFileSync(join(folder, "d/1/stray"), "put there by hand");
    chmodSync(join(folder, "d/2/2"), 0o600);
    mkdirSync(join(folder, "strays/deep"), { recursive: true });
    rmSync(join(folder, "link"));
    Bun.spawnSync(["btrfs", "property", "set", folder, "ro", "true"]);
    await jvs(main, "fork", "--from", "one", "--name", "f");

    expect(fingerprint(fork)).toEqual(saved);
    expect(JSON.parse(await jvs(fork, "status", "--json"))).toMatchObject({ clean: true });
    await expectSnapshotIn(fork);
  });
});
