import { existsSync, readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# made by a tool\n";

async function listPaths(box: Sandbox, ref = "HEAD"): Promise<string[]> {
  const { entries } = await box.json<{ entries: { path: string }[] }>("w", "ls", ref, "-R");
  return entries.map(({ path }) => path);
}

test("nothing is left out unless somebody says so: dot-files, .git, node_modules, .gitignore", async () => {
  await using box = makeSandbox({
    "w/.env": "secret",
    "w/.git/HEAD": "ref: refs/heads/main\n",
    "w/.gitignore": "dist\n",
    "w/dist/out.js": "out",
    "w/node_modules/x/index.js": "x",
    "w/.hg/store": "x",
    "w/a~": "backup",
  });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  expect(await box.json("w", "status")).toMatchObject({ ignored: 0 });
  expect((await listPaths(box)).filter((path) => !path.includes("/"))).toEqual([
    ".env",
    ".git",
    ".gitignore",
    ".hg",
    "a~",
    "dist",
    "node_modules",
  ]);
});

test(".jvsignore takes the rules of gitignore, in any folder", async () => {
  await using box = makeSandbox({
    "w/.jvsignore": "# comment\n*.log\n!keep.log\nbuild/\n/top.txt\ndoc/**/*.tmp\n",
    "w/a.log": "x",
    "w/keep.log": "x",
    "w/build/x": "x",
    "w/sub/build": "a file, no folder",
    "w/top.txt": "x",
    "w/sub/top.txt": "x",
    "w/doc/a/b/c.tmp": "x",
    "w/sub/.jvsignore": "!a.log\nlocal\n",
    "w/sub/a.log": "x",
    "w/sub/local/x": "x",
    "w/\u00e4.log": "x",
  });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");

  expect(await listPaths(box)).toEqual([
    ".jvsignore",
    "doc",
    "doc/a",
    "doc/a/b",
    "keep.log",
    "sub",
    "sub/.jvsignore",
    "sub/a.log",
    "sub/build",
    "sub/top.txt",
  ]);
  expect(await box.json("w", "status")).toMatchObject({ clean: true, ignored: 6 });
  expect(await box.ok("w", "status")).toContain("6 paths ignored");
});

test("rules that change are heeded at once, in both directions", async () => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/b.log": "b", "w/sub/c.log": "c" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "all");
  box.write({ "w/.jvsignore": "*.log\n" });
  expect(await box.ok("w", "diff", "--name-status")).toBe(
    "A\t.jvsignore\nD\tb.log\nD\tsub/c.log\n",
  );
  await box.ok("w", "snapshot", "without logs");
  expect(await listPaths(box)).toEqual([".jvsignore", "a.txt", "sub"]);

  rmSync(box.path("w/.jvsignore"));
  expect(await box.ok("w", "diff", "--name-status")).toBe(
    "A\tb.log\nA\tsub/c.log\nD\t.jvsignore\n",
  );
  await box.ok("w", "restore", "all");
  expect(await listPaths(box, "all")).toEqual(["a.txt", "b.log", "sub", "sub/c.log"]);
});

test("what is ignored stays where it is in a restore, also when a snapshot has the name", async () => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/cache": "a file, once", "w/data/x": "x" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  rmSync(box.path("w/cache"));
  rmSync(box.path("w/data"), { recursive: true });
  box.write({
    "w/.jvsignore": "cache\ndata\n",
    "w/cache/precious": "in no snapshot",
    "w/data": "in no snapshot, too",
    "w/a.txt": "edited",
  });

  const { exit, err } = await box.jvs("w", "restore", "one");
  expect(box.path("w/a.txt"), "the rest is done").toSatisfy(
    (path: string) => readFileSync(path, "utf8") === "a",
  );
  const texts = Bun.spawnSync([
    "grep",
    "-rl",
    "in no snapshot",
    box.path("w"),
    "--exclude-dir=.jvs",
  ]);
  expect(texts.stdout.toString().split("\n").length - 1, "both are still there").toBe(2);
  expect({ exit, err }).toEqual({
    exit: 3,
    err: expect.stringMatching(/cache.*data|data.*cache/s),
  });
});

test("a folder that goes but holds ignored files stays, with them alone", async () => {
  await using box = makeSandbox({ "w/.jvsignore": "*.o\n", "w/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/src/main.c": "c", "w/src/main.o": "o" });
  await box.ok("w", "snapshot", "two");

  const { exit, err } = await box.jvs("w", "restore", "one");
  expect({ exit, err }).toEqual({ exit: 3, err: expect.stringContaining("src") });
  expect(existsSync(box.path("w/src/main.c"))).toBe(false);
  expect(readFileSync(box.path("w/src/main.o"), "utf8")).toBe("o");
  await box.ok("w", "restore", "HEAD");
  expect(readFileSync(box.path("w/src/main.c"), "utf8")).toBe("c");
});

test("a folder tagged as a cache is kept empty but for its tag", async () => {
  await using box = makeSandbox({
    "w/cache/CACHEDIR.TAG": SIGNATURE,
    "w/cache/sub/x": "x",
    "w/no-cache/CACHEDIR.TAG": "something else",
    "w/no-cache/x": "x",
    "w/deep/cache/CACHEDIR.TAG": SIGNATURE,
    "w/deep/cache/y": "y",
  });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");

  expect(await listPaths(box)).toEqual([
    "cache",
    "cache/CACHEDIR.TAG",
    "deep",
    "deep/cache",
    "deep/cache/CACHEDIR.TAG",
    "no-cache",
    "no-cache/CACHEDIR.TAG",
    "no-cache/x",
  ]);
  rmSync(box.path("w/cache/CACHEDIR.TAG"));
  const out = await box.ok("w", "restore", "HEAD");
  expect(out, "without its tag it was work like any other").toContain("kept in safety snapshot");
  await box.ok("w", "undo");
  expect(readFileSync(box.path("w/cache/sub/x"), "utf8")).toBe("x");
});

test("a rule file that is a link, a folder or no text", async () => {
  for (const make of [
    "ln -s /etc/passwd .jvsignore",
    "mkdir .jvsignore",
    "mkfifo .jvsignore",
    "printf '\\377\\376\\000[' > .jvsignore",
  ]) {
    await using box = makeSandbox({ "w/a.txt": "a" });
    Bun.spawnSync(["sh", "-c", make], { cwd: box.path("w") });
    await box.ok("w", "init");
    await box.ok("w", "snapshot");
    expect(await listPaths(box), make).toEqual([".jvsignore", "a.txt"]);
  }
});

test("a line that is too long to be a pattern is named, and nothing is saved without it", async () => {
  await using box = makeSandbox({
    "w/sub/.jvsignore": `*.log\n${"a[b]*?".repeat(100_000)}\n`,
    "w/sub/a": "a",
  });
  await box.ok("w", "init");
  for (const command of ["snapshot", "status"]) {
    const { exit, err } = await box.jvs("w", command);
    expect(exit).toBe(1);
    expect(err).toContain('Cannot understand "sub/.jvsignore": line 2 is too long');
    expect(err).toContain("Take the line out");
  }
  expect(await box.json("w", "history")).toEqual([]);
  box.write({ "w/sub/.jvsignore": `*.log\n${"[".repeat(5000)}\n${"**/".repeat(5000)}x\n` });
  await box.ok("w", "snapshot");
});
