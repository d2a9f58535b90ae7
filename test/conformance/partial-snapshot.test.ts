import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

interface Descriptor {
  readonly snapshot_id: string;
  readonly entries: number;
  readonly bytes: number;
  readonly partial_paths?: readonly string[];
  readonly compression?: { readonly type: string; readonly level: number };
}

async function makeProject(files: Record<string, string>): Promise<Sandbox> {
  const box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`p/main/${name}`, text])),
  );
  await box.jvs("p/main", "snapshot", "all");
  return box;
}

function shell(box: Sandbox, folder: string): Promise<string> {
  return Promise.resolve(JSON.stringify(box.fingerprint(folder)));
}

/** What a snapshot holds, by path. */
async function contentOf(box: Sandbox, ref: string): Promise<Record<string, string>> {
  const { entries } = await box.json<{ entries: { path: string; kind: string; hash: string }[] }>(
    "p/main",
    "ls",
    ref,
    "-R",
  );
  return Object.fromEntries(
    entries.filter(({ kind }) => kind !== "directory").map(({ path, hash }) => [path, hash]),
  );
}

test("saves the listed paths alone; the rest stays unsaved", async () => {
  await using box = await makeProject({ a: "1", b: "1", "d/x": "1", "d/e/y": "1" });
  box.write({ "p/main/a": "22", "p/main/b": "22", "p/main/d/e/y": "22", "p/main/new/z": "22" });
  const made = await box.jvs("p/main", "snapshot", "two", "--paths", "./d/e/,a,a");
  expect(made.out).toMatch(/^Created partial snapshot \d{13}-[0-9a-f]{8} \(2 paths\)\n$/);
  const diff = await box.json("p/main", "diff", "HEAD~1", "HEAD");
  expect(diff).toMatchObject({
    added: [],
    removed: [],
    modified: [{ path: "a" }, { path: "d/e/y" }],
  });
  const status = await box.json<{ changes: { path: string }[] }>("p/main", "status");
  expect(status.changes.map(({ path }) => path)).toEqual(["b", "new/z"]);
  const [newest] = await box.json<Descriptor[]>("p/main", "history");
  expect(newest?.partial_paths).toEqual(["d/e", "a"]);
});

test("entries and bytes of the record are those of its tree", async () => {
  await using box = await makeProject({ a: "1", "d/x": "1", "d/e/y": "1", f: "file" });
  box.write({ "p/main/d/e/more/deep": "12345", "p/main/n/m/o": "123" });
  rmSync(box.path("p/main/d/x"));
  rmSync(box.path("p/main/f"));
  mkdirSync(box.path("p/main/f"));
  box.write({ "p/main/f/inside": "1" });
  for (const paths of ["d/e,d/x", "n/m", "f/inside", "a", "f"]) {
    const made = await box.json<Descriptor>("p/main", "snapshot", "--paths", paths);
    const { entries } = await box.json<{ entries: { kind: string; size: number }[] }>(
      "p/main",
      "ls",
      made.snapshot_id,
      "-R",
    );
    expect(made.entries, paths).toBe(entries.length);
    const files = entries.filter(({ kind }) => kind === "file");
    expect(made.bytes, paths).toBe(files.reduce((sum, { size }) => sum + size, 0));
  }
  expect((await box.json("p/main", "status")).clean).toBe(true);
});

test("DL-07: restoring a partial snapshot touches its paths only, and undo brings them back", async () => {
  await using box = await makeProject({ a: "1", b: "1" });
  box.write({ "p/main/a": "22", "p/main/b": "22" });
  await box.jvs("p/main", "snapshot", "--tag", "part", "--paths", "a");
  await box.jvs("p/main", "snapshot", "rest");
  box.write({ "p/main/a": "333", "p/main/b": "333", "p/main/other": "333" });
  const before = await shell(box, "p/main");
  const restored = await box.jvs("p/main", "restore", "part");
  expect(restored.exit).toBe(0);
  expect(restored.out).toContain("Only its 1 path changed (a)");
  expect((await box.jvs("p/main", "cat", "HEAD", "a")).out).toBe("22");
  const status = await box.json<{ changes: { path: string }[]; detached: boolean }>(
    "p/main",
    "status",
  );
  expect(status.detached).toBe(true);
  expect(status.changes.map(({ path }) => path)).toEqual(["b", "other"]);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(await shell(box, "p/main")).toBe(before);
});

test("what was left out is stored by the next snapshot", async () => {
  await using box = await makeProject({ a: "1", "d/b": "1" });
  box.write({ "p/main/a": "22", "p/main/d/b": "only here", "p/main/d/e/c": "and here" });
  await box.jvs("p/main", "snapshot", "--paths", "a");
  await box.jvs("p/main", "snapshot", "full");
  rmSync(box.path("p/main/d"), { recursive: true });
  const restored = await box.jvs("p/main", "restore", "HEAD");
  expect(restored.err).toBe("");
  expect((await box.json("p/main", "status")).clean).toBe(true);
  expect((await box.jvs("p/main", "cat", "HEAD", "d/b")).out).toBe("only here");
  expect((await box.jvs("p/main", "cat", "HEAD", "d/e/c")).out).toBe("and here");
});

test("TR-04: a link and a file can be saved alone; links in the way are not followed", async () => {
  await using box = await makeProject({ a: "1", "d/b": "1" });
  symlinkSync("d", box.path("p/main/link"));
  box.write({ "p/main/a": "22" });
  expect((await box.jvs("p/main", "snapshot", "--paths", "link")).exit).toBe(0);
  expect((await box.jvs("p/main", "snapshot", "--paths", "a")).exit).toBe(0);
  expect(Object.keys(await contentOf(box, "HEAD"))).toContain("link");
  const through = await box.jvs("p/main", "snapshot", "--paths", "link/b");
  expect(through).toMatchObject({ exit: 1, out: "" });
  expect(through.err).toContain("jvs: path does not exist: link/b\n");
});

test("a deleted path is saved as deleted", async () => {
  await using box = await makeProject({ a: "1", b: "1" });
  rmSync(box.path("p/main/a"));
  rmSync(box.path("p/main/b"));
  expect((await box.jvs("p/main", "snapshot", "--", "a")).exit).toBe(0);
  expect(Object.keys(await contentOf(box, "HEAD"))).toEqual(["b"]);
});

test("hard links stay together where their paths are", async () => {
  await using box = await makeProject({ a: "1" });
  linkSync(box.path("p/main/a"), box.path("p/main/b"));
  await box.jvs("p/main", "snapshot", "linked");
  box.write({ "p/main/x": "1" });
  await box.jvs("p/main", "snapshot", "--paths", "x");
  const { changes } = await box.json<{ changes: unknown[] }>("p/main", "status");
  expect(changes).toEqual([]);
  box.write({ "p/main/a": "22" });
  await box.jvs("p/main", "snapshot", "--paths", "a");
  rmSync(box.path("p/main/a"));
  rmSync(box.path("p/main/b"));
  expect((await box.jvs("p/main", "restore", "HEAD", "--", ".")).err).toBe("");
  expect((await box.jvs("p/main", "cat", "HEAD", "b")).out).toBe("1");
});

test("paths count from the top with --paths, from here behind --", async () => {
  await using box = await makeProject({ "d/a": "1", a: "1" });
  box.write({ "p/main/d/a": "22", "p/main/a": "22" });
  const { out } = await box.jvs("p/main/d", "snapshot", "--json", "--", "a");
  const here: Descriptor = JSON.parse(out);
  expect(here.partial_paths).toEqual(["d/a"]);
  const top = await box.json<Descriptor>("p/main/d", "snapshot", "--paths", "a");
  expect(top.partial_paths).toEqual(["a"]);
  const whole = await box.json<Descriptor>("p/main/d", "snapshot", "--paths", ".");
  expect(whole.partial_paths).toBeUndefined();
});

test.each([
  ["/etc", "path must be relative: /etc"],
  ["../x", "path cannot contain '..': ../x"],
  ["d/../a", "path cannot contain '..': d/../a"],
])("refuses the path %s", async (path, message) => {
  await using box = await makeProject({ a: "1" });
  const ran = await box.jvs("p/main", "snapshot", "--paths", path);
  expect(ran).toMatchObject({ exit: 2, out: "" });
  expect(ran.err).toContain(`jvs: ${message}\n`);
  expect(await box.json<unknown[]>("p/main", "history")).toHaveLength(1);
});

test("dots inside a name are no way up", async () => {
  await using box = await makeProject({ "a..b": "1" });
  box.write({ "p/main/a..b": "22" });
  expect((await box.jvs("p/main", "snapshot", "--paths", "a..b")).exit).toBe(0);
});

test("a path that rules leave out is named as such", async () => {
  await using box = await makeProject({ ".jvsignore": "build\n", "build/x": "1" });
  for (const path of ["build", "build/x"]) {
    const ran = await box.jvs("p/main", "snapshot", "--", path);
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain("ignore rules leave it out");
  }
});

test("names that are no UTF-8 survive as partial paths", async () => {
  await using box = await makeProject({ a: "1" });
  const name = Buffer.from([0x66, 0xff]);
  const { writeFileSync, existsSync } = await import("node:fs");
  const file = Buffer.concat([Buffer.from(`${box.path("p/main")}/`), name]);
  writeFileSync(file, "raw");
  const { spawnSync } = await import("node:child_process");
  const binary = `${import.meta.dirname}/../../bin/jvs`;
  const made = spawnSync("bash", ["-c", `'${binary}' snapshot --tag raw -- $'f\\xff'`], {
    cwd: box.path("p/main"),
    env: { PATH: process.env.PATH, HOME: box.path("home") },
  });
  expect(String(made.stderr)).toBe("");
  await box.jvs("p/main", "snapshot", "next");
  rmSync(file);
  await box.jvs("p/main", "snapshot", "gone");
  await box.jvs("p/main", "restore", "raw");
  expect(existsSync(file)).toBe(true);
});

test("DL-08 to DL-13: --compress changes nothing about the content", async () => {
  await using box = await makeProject({ a: "1" });
  box.write({
    "p/main/run.sh": "#!/bin/sh\n",
    "p/main/data": "x".repeat(5000),
    "p/main/data.gz": "this is no gzip",
    "p/main/.READY": "mine",
  });
  chmodSync(box.path("p/main/run.sh"), 0o751);
  symlinkSync("data", box.path("p/main/link"));
  const before = await shell(box, "p/main");
  const made = await box.jvs("p/main", "snapshot", "packed", "--compress", "MAX", "--tag", "t");
  expect(made.out).toMatch(
    /^Created snapshot \S+\n {2}\(compressed: gzip level 9\)\n {2}Tags: t\n$/,
  );
  // The first file is so young that it is looked at again.
  expect(made.err).toMatch(/^compressed [45] files\n/);
  rmSync(box.path("p/main"), { recursive: true });
  mkdirSync(box.path("p/main"));
  await box.jvs("p/main", "restore", "t");
  expect(await shell(box, "p/main")).toBe(before);
  const [newest] = await box.json<Descriptor[]>("p/main", "history");
  expect(newest?.compression).toEqual({ type: "zstd", level: 12 });
});

test.each(["none", "0", "", "NONE"])("--compress '%s' asks for nothing", async (level) => {
  await using box = await makeProject({ a: "1" });
  const ran = await box.jvs("p/main", "snapshot", "--compress", level);
  expect(ran.exit).toBe(0);
  expect(ran.out).toMatch(/^Created snapshot \S+\n$/);
  expect(ran.err).toBe("");
});

test("an unknown level is refused", async () => {
  await using box = await makeProject({ a: "1" });
  const ran = await box.jvs("p/main", "snapshot", "--compress", "7");
  expect(ran).toMatchObject({ exit: 2, out: "" });
  expect(ran.err).toBe("jvs: invalid compression level: 7 (must be none, fast, default, or max)\n");
});
