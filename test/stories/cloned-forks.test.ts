import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeCowSandbox } from "../cow-stage.ts";
import { fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";

/** A project on btrfs, whose main workspace is a subvolume. */
async function openProject(disk: string, engine: string) {
  const jvs = async (folder: string, ...argv: string[]): Promise<string> => {
    const ran = await runInProcess(folder, argv, { engine });
    expect({ ...ran, out: "" }, argv.join(" ")).toEqual({ exit: 0, out: "", err: "" });
    return ran.out;
  };
  await jvs(disk, "init", "p");
  const main = join(disk, "p/main");
  mkdirSync(join(main, "d/inner"), { recursive: true });
  for (let at = 0; at < 40; at++) writeFileSync(join(main, `d/inner/${at}`), `content ${at}`);
  linkSync(join(main, "d/inner/1"), join(main, "one-more-name"));
  linkSync(join(main, "d/inner/2"), join(main, "to-be-parted"));
  symlinkSync("d/inner/3", join(main, "link"));
  chmodSync(join(main, "d/inner/4"), 0o4751);
  writeFileSync(join(main, ".jvsignore"), "*.tmp\n");
  writeFileSync(join(main, "d/left.tmp"), "left out");
  return { main, jvs, fork: join(disk, "p/worktrees/f") };
}

/** The folder without what rules leave out. */
function keptOf(folder: string): readonly string[] {
  return fingerprint(folder).filter((line) => !line.includes(".tmp "));
}

const sameFile = (one: string, other: string): boolean => statSync(one).ino === statSync(other).ino;

describe("a fork on btrfs", () => {
  test.for(["btrfs-snapshot", "objects"])(
    "is a copy by the file system of what has most of it, with %s",
    async (engine, { skip }) => {
      await using box = makeCowSandbox("btrfs", skip);
      const { main, jvs, fork } = await openProject(box.path("disk"), engine);
      await jvs(main, "snapshot", "one");
      const saved = keptOf(main);
      writeFileSync(join(main, "d/inner/7"), "edited");
      rmSync(join(main, "d/inner/8"));
      rmSync(join(main, "to-be-parted"));
      writeFileSync(join(main, "to-be-parted"), "another file");
      mkdirSync(join(main, "more/deep"), { recursive: true });
      writeFileSync(join(main, "more/deep/file"), "not in the snapshot");
      chmodSync(join(main, "d/inner/4"), 0o600);
      const live = fingerprint(main);

      await jvs(main, "fork", "--from", "one", "--name", "f");

      expect(keptOf(fork)).toEqual(saved);
      expect(existsSync(join(fork, "d/left.tmp"))).toBe(false);
      expect(existsSync(join(fork, ".jvs"))).toBe(false);
      expect(fingerprint(main), "the workspace is as it was").toEqual(live);
      // A snapshot of a subvolume keeps the numbers of its files; a file that is written gets a new one.
      expect(sameFile(join(fork, "d/inner/9"), join(main, "d/inner/9"))).toBe(true);
      expect(JSON.parse(await jvs(fork, "status", "--json"))).toMatchObject({ clean: true });
      await jvs(fork, "snapshot", "in the fork");
      writeFileSync(join(fork, "d/inner/9"), "edited in the fork");
      expect(fingerprint(main)).toEqual(live);
      await jvs(main, "verify", "--all");
      await jvs(main, "worktree", "remove", "-q", "f");
      expect(existsSync(fork)).toBe(false);
    },
  );

  test("outside of the project has its pointer", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, jvs } = await openProject(box.path("disk"), "objects");
    await jvs(main, "snapshot", "one");
    const fork = box.path("disk/elsewhere");
    await jvs(main, "fork", "--from", "one", "--name", "f", "--path", fork);

    expect(sameFile(join(fork, "d/inner/9"), join(main, "d/inner/9"))).toBe(true);
    expect(JSON.parse(await jvs(fork, "status", "--json"))).toMatchObject({ clean: true });
    await jvs(fork, "fork", "--from", "one", "--name", "g");
    expect(existsSync(join(box.path("disk"), "p/worktrees/g/.jvs"))).toBe(false);
  });

  test("is written from the store where most of it is there alone", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, jvs, fork } = await openProject(box.path("disk"), "objects");
    await jvs(main, "snapshot", "one");
    const saved = keptOf(main);
    rmSync(join(main, "d"), { recursive: true });
    await jvs(main, "fork", "--from", "one", "--name", "f");

    expect(keptOf(fork)).toEqual(saved);
  });

  test.for(["worktree-ready", "worktree-placed", "staged", "applying"])(
    "that is killed at %s leaves no folder behind, or is finished",
    async (failPoint, { skip }) => {
      await using box = makeCowSandbox("btrfs", skip);
      const { main, jvs, fork } = await openProject(box.path("disk"), "objects");
      await jvs(main, "snapshot", "one");
      const saved = keptOf(main);
      writeFileSync(join(main, "d/inner/7"), "edited");
      const argv = ["fork", "--from", "one", "--name", "f"];
      const { exit } = await box.run("disk/p/main", argv, { failPoint });
      expect(exit).not.toBe(0);
      await jvs(main, "snapshot", "two");

      const left = readdirSync(join(box.path("disk"), "p/worktrees"));
      if (failPoint === "worktree-placed") expect(keptOf(fork)).toEqual(saved);
      expect(left).toEqual(failPoint === "worktree-placed" ? ["f"] : []);
      expect(readdirSync(join(box.path("disk"), "p/.jvs/drafts"))).toEqual([]);
    },
  );

  test("has no socket that somebody listens on", async ({ skip }) => {
    await using box = makeCowSandbox("btrfs", skip);
    const { main, jvs, fork } = await openProject(box.path("disk"), "objects");
    await jvs(main, "snapshot", "one");
    const saved = keptOf(main);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(main, "socket"), resolve));
    try {
      await jvs(main, "fork", "--from", "one", "--name", "f");
    } finally {
      server.close();
    }

    expect(keptOf(fork)).toEqual(saved);
  });
});
