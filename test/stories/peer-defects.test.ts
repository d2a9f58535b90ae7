import {
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { readWorktree } from "../repository.ts";
import { IS_ROOT, makeSandbox } from "../sandbox.ts";

test("CR-09 what is mounted inside the workspace is skipped, reported and left alone", async ({
  skip,
}) => {
  if (!IS_ROOT) skip("only root can mount");
  await using box = makeSandbox({ "w/a.txt": "a", "w/mnt/below": "hidden by the mount" });
  await box.ok("w", "init");
  box.mountMemory("w/mnt", "size=1m");
  box.write({ "w/mnt/theirs.txt": "theirs", "w/other/x": "x" });

  const { exit, out, err } = await box.jvs("w", "snapshot", "--json");
  expect(exit).toBe(0);
  expect(err).toContain("  mnt: something else is mounted there");
  expect(JSON.parse(out)).toMatchObject({ losses: [{ path: "mnt", kind: "mount" }] });
  box.write({ "w/a.txt": "edited", "w/mnt/theirs.txt": "theirs, edited" });
  await box.jvs("w", "restore", "HEAD");
  expect(readFileSync(box.path("w/mnt/theirs.txt"), "utf8")).toBe("theirs, edited");
  expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe("a");
});

test("CR-09 a mount where the snapshot has nothing, or a file, is no reason to fail", async ({
  skip,
}) => {
  if (!IS_ROOT) skip("only root can mount");
  await using box = makeSandbox({ "w/a.txt": "a", "w/mnt": "a file, once" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "edited" });
  Bun.spawnSync(["rm", box.path("w/mnt")]);
  box.mountMemory("w/mnt", "size=1m");
  box.mountMemory("w/new", "size=1m");
  box.write({ "w/mnt/theirs.txt": "theirs", "w/new/theirs.txt": "theirs" });

  const { exit, err } = await box.jvs("w", "restore", "HEAD");
  expect({ exit, err }).toEqual({ exit: 3, err: expect.stringContaining("mnt") });
  expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe("a");
  for (const name of ["mnt", "new"])
    expect(readFileSync(box.path(`w/${name}/theirs.txt`), "utf8")).toBe("theirs");
});

test("IN-10 scripts that ask for an engine of the older jvs go on working; the record tells what was used", async () => {
  for (const [engine, used] of Object.entries({ copy: "copy", nonsense: "objects" })) {
    await using box = makeSandbox({ "w/a.txt": "a" });
    const env = { JVS_ENGINE: engine };
    expect(await box.run("w", ["init"], { env }), engine).toMatchObject({ exit: 0 });
    const { exit, out } = await box.run("w", ["snapshot", "--json"], { env });
    expect(exit, engine).toBe(0);
    expect(JSON.parse(out), "what was used").toMatchObject({ engine: used });
  }
});

test("IN-10 an engine that cannot work here is an error, never another one", async () => {
  await using box = makeSandbox();
  box.mountMemory("memory", "size=16m");
  box.write({ "memory/w/a.txt": "a" });
  await box.ok("memory/w", "init");
  for (const engine of ["juicefs", "btrfs", "reflink-copy"]) {
    const env = { JVS_ENGINE: engine };
    const { exit, err } = await box.run("memory/w", ["snapshot"], { env });
    expect(exit, engine).toBe(1);
    expect(err).toContain("Cannot use the engine");
  }
  expect(await box.json("memory/w", "history")).toEqual([]);
});

test("an init that fails leaves nothing behind", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  const { exit } = await box.run("w", ["init"], { env: { JVS_ENGINE: "nonsense" } });
  expect(existsSync(box.path("w/.jvs"))).toBe(exit === 0);
});

test("IN-12 fields of a later version survive when a record is rewritten", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  const record = { ...readWorktree(box.path("w")), from_later: { a: [1, null] } };
  writeFileSync(box.path("w/.jvs/worktrees/main.json"), JSON.stringify(record));

  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "b" });
  await box.ok("w", "snapshot", "two");
  await box.ok("w", "restore", "one");
  await box.ok("w", "undo");
  expect(readWorktree(box.path("w"))).toMatchObject({ from_later: { a: [1, null] } });
});

test("TR-04 a link, a file or a folder can be named as a path", async () => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/sub/b.txt": "b" });
  symlinkSync("a.txt", box.path("w/link"));
  symlinkSync("sub", box.path("w/sub-link"));
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  Bun.spawnSync(
    ["sh", "-c", "ln -sfn nowhere link; echo edited > a.txt; echo edited > sub/b.txt"],
    {
      cwd: box.path("w"),
    },
  );

  expect(await box.ok("w", "diff", "--name-status", "--", "link")).toBe("M\tlink\n");
  await box.ok("w", "restore", "HEAD", "--", "link");
  expect(await box.ok("w", "diff", "--name-status")).toBe("M\ta.txt\nM\tsub/b.txt\n");
  await box.ok("w", "restore", "HEAD", "--", "./sub/", "a.txt");
  expect(await box.json("w", "status")).toMatchObject({ clean: true });
});

test("TR-07 memory does not grow with the size of a file", async () => {
  await using box = makeSandbox({ "w/big.bin": "" });
  await box.ok("w", "init");
  truncateSync(box.path("w/big.bin"), 4e8);
  const peak = (...argv: string[]): number => {
    const { exitCode, resourceUsage } = Bun.spawnSync([box.binary, ...argv], {
      cwd: box.path("w"),
    });
    expect(exitCode, argv[0]).toBe(0);
    return resourceUsage.maxRSS;
  };

  const small = peak("history");
  for (const argv of [
    ["snapshot", "one"],
    ["export", "HEAD", "../copy"],
    ["export", "HEAD", "../copy.tar"],
  ])
    expect(peak(...argv) - small, argv.join(" ")).toBeLessThan(150e6);
  truncateSync(box.path("w/big.bin"), 10);
  expect(peak("restore", "HEAD") - small, "restore").toBeLessThan(150e6);
});

test("PE-03 PE-10 a second snapshot of an unchanged tree stores next to nothing", async () => {
  const files = Array.from({ length: 3000 }, (_, index) => [
    `w/${index % 30}/${index}.txt`,
    `${index}`.repeat(400),
  ]);
  await using box = makeSandbox(Object.fromEntries(files));
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  const stored = async (): Promise<number> =>
    (await box.json<{ stored_bytes: number }>("w", "info")).stored_bytes;
  const before = await stored();

  const times: number[] = [];
  for (const note of ["two", "three", "four"]) {
    const start = performance.now();
    await box.ok("w", "snapshot", note);
    times.push(performance.now() - start);
  }
  expect(Math.min(...times), "PE-08 well under a second").toBeLessThan(1000);
  expect((await stored()) - before).toBeLessThan(3000);
});

test("PE-04 equal content is stored once, however often and under whatever name", async () => {
  const noise = Buffer.from(
    Array.from({ length: 200_000 }, (_, index) => (index * index * 31) >> 7),
  );
  await using box = makeSandbox({ "w/a": noise, "w/b": noise, "w/sub/c": noise });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  Bun.spawnSync(["mv", "a", "renamed"], { cwd: box.path("w") });
  await box.ok("w", "snapshot", "two");

  const { stored_bytes: stored } = await box.json<{ stored_bytes: number }>("w", "info");
  expect(stored).toBeLessThan(250_000);
});

test("UX-02 every printed short id is one of its own, and a ref", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  for (let index = 0; index < 8; index++) await box.ok("w", "snapshot", `n${index}`);
  const lines = (await box.ok("w", "history"))
    .split("\n")
    .filter((line) => /^[0-9a-f]{8} /.test(line));
  const shorts = lines.map((line) => line.slice(0, 8));

  expect(new Set(shorts).size).toBe(8);
  for (const [index, short] of shorts.entries())
    expect(await box.json("w", "show", short)).toMatchObject({ note: `n${7 - index}` });
});

test("PE-06 PA-14 DL-14 nothing appears beside what the user has", async () => {
  await using box = makeSandbox({ "desk/CLAUDE.md": "mine", "desk/AGENTS.md": "mine" });
  await box.ok("desk", "init", "novel");
  box.write({ "desk/novel/main/a.txt": "a" });
  for (const argv of [
    ["snapshot", "x"],
    ["status"],
    ["restore", "HEAD"],
    ["undo"],
    ["info"],
    ["diff"],
  ])
    await box.jvs("desk/novel/main", ...argv);

  expect(readdirSync(box.path("desk")).sort()).toEqual(["AGENTS.md", "CLAUDE.md", "novel"]);
  expect(readdirSync(box.path("desk/novel")).sort()).toEqual([".jvs", "main"]);
  expect(readdirSync(box.path("desk/novel/main"))).toEqual(["a.txt"]);
  expect(readFileSync(box.path("desk/CLAUDE.md"), "utf8")).toBe("mine");
  expect(readdirSync(box.path("home")), "nor in the home folder").toEqual([]);
});
