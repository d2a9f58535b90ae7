import { chmodSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFaults } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

async function start(): Promise<Sandbox> {
  const box = makeSandbox({ "w/a.txt": "a", "w/sub/b.txt": "b" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  return box;
}

test("UX-11 a repository of a later format is named as such, and left alone", async () => {
  await using box = await start();
  box.write({ "w/.jvs/format_version": "3\n", "w/a.txt": "edited" });
  const before = box.fingerprint("");

  for (const argv of [["status"], ["info"], ["snapshot"], ["restore", "HEAD"], ["undo"]]) {
    const { exit, out, err } = await box.jvs("w", ...argv, "--json");
    expect({ exit, err }, argv[0]).toEqual({ exit: 1, err: expect.stringContaining("too new") });
    expect(JSON.parse(out)).toMatchObject({ error: { code: "E_FORMAT_UNSUPPORTED", status: 1 } });
  }
  expect(box.fingerprint("")).toEqual(before);
});

test.each(["repo.json", "worktrees/main.json", "format_version"])(
  "CR-08 a garbled %s is named, and nothing crashes",
  async (name) => {
    for (const garbage of ["", "{", "null", "[]", '{"name":', "\0\0\0\0"]) {
      await using box = await start();
      box.write({ [`w/.jvs/${name}`]: garbage });
      const { exit, out, err } = await box.jvs("w", "status");

      expect({ exit, out }, JSON.stringify(garbage)).toEqual({ exit: 1, out: "" });
      expect(err, "it names the file").toContain(name);
      expect(err).not.toContain("bug in jvs");
    }
  },
);

test("a damaged index costs time, never truth", async () => {
  await using box = await start();
  const index = box.path("w/.jvs/cache/index.main");
  for (const damage of [
    () => writeFileSync(index, "garbage"),
    () => truncateSync(index, 100),
    () => truncateSync(index, 0),
    () => writeFileSync(index, Buffer.alloc(100_000, 0xff)),
  ]) {
    damage();
    expect(await box.json("w", "status")).toMatchObject({ clean: true });
  }
});

test("a cache that was deleted costs time once", async () => {
  await using box = await start();
  rmSync(box.path("w/.jvs/cache"), { recursive: true });
  expect(await box.json("w", "status")).toMatchObject({ clean: true });
  await box.ok("w", "snapshot", "two");
  expect(readdirSync(box.path("w/.jvs/cache"))).toEqual(["index.main"]);
});

test("files of others in the control folder never break a command", async () => {
  await using box = await start();
  box.write({
    "w/.jvs/descriptors/README": "hello",
    "w/.jvs/descriptors/.DS_Store": "hello",
    "w/.jvs/descriptors/x.json": "{}",
    "w/.jvs/intents/.nfs0001": "",
    "w/.jvs/intents/note.txt": "hello",
    "w/.jvs/objects/packs/.DS_Store": "hello",
    "w/.jvs/snapshots/old/file": "hello",
    "w/.jvs/worktrees/.DS_Store": "hello",
  });
  box.write({ "w/a.txt": "edited" });

  expect(await box.ok("w", "history")).toContain("one");
  await box.ok("w", "snapshot", "two");
  await box.ok("w", "restore", "one");
  await box.ok("w", "undo");
  await box.ok("w", "info");
});

test("CR-10 what a killed init left is cleared by the next one", async () => {
  await using box = makeSandbox({
    "w/a.txt": "a",
    "w/.jvs.unfinished/repo.json": "half a rec",
    "w/.jvs.unfinished/worktrees/x": "",
  });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  expect(readdirSync(box.path("w")).sort()).toEqual([".jvs", "a.txt"]);
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("a damaged record of a snapshot is named in history, and the others stay usable", async () => {
  await using box = await start();
  box.write({ "w/a.txt": "two" });
  await box.ok("w", "snapshot", "two");
  const [first = ""] = readdirSync(box.path("w/.jvs/descriptors")).sort();
  writeFileSync(join(box.path("w/.jvs/descriptors"), first), "{}");

  const { exit, out, err } = await box.jvs("w", "history");
  expect({ exit, out }).toEqual({ exit: 0, out: expect.stringContaining("two") });
  expect(err).toContain(first.replace(".json", ""));
  expect((await box.jvs("w", "restore", first.slice(0, 22))).exit, "IN-02").toBe(12);
  box.write({ "w/a.txt": "unsaved" });
  await box.ok("w", "restore", "HEAD");
});

test("IN-02 a snapshot whose content was altered is not restored", async () => {
  await using box = await start();
  box.write({ "w/big.bin": Buffer.alloc(300_000, "noise ") });
  await box.ok("w", "snapshot", "two");
  box.write({ "w/big.bin": "small", "w/a.txt": "edited" });
  const before = box.fingerprint("w");
  const packs = box.path("w/.jvs/objects/packs");
  for (const name of readdirSync(packs).filter((pack) => pack.endsWith(".pack"))) {
    chmodSync(join(packs, name), 0o600);
    writeFileSync(join(packs, name), Buffer.alloc(5000, 0xee), { flag: "r+" });
  }

  const { exit, err } = await box.jvs("w", "restore", "HEAD");
  expect(exit).toBe(12);
  expect(err).not.toContain("bug in jvs");
  expect(box.fingerprint("w"), "nothing half-done").toEqual(before);
});

test("nothing in the current folder runs as code, or steers the program", async () => {
  await using box = await start();
  const evil = `require("node:fs").writeFileSync(${JSON.stringify(box.path("ran"))}, "")`;
  box.write({
    "w/.env": "JVS_ENGINE=nonsense\nJVS_LOCK_TIMEOUT=1\nBUN_OPTIONS=--preload=./evil.ts\n",
    "w/bunfig.toml": 'preload = ["./evil.ts"]\n',
    "w/evil.ts": evil,
    "w/package.json": '{"imports":{"#x":"./evil.ts"},"scripts":{"preinstall":"touch ../ran"}}',
    "w/tsconfig.json": '{"compilerOptions":{"paths":{"*":["./evil.ts"]}}}',
    "w/node_modules/ignore/index.js": evil,
    "w/node_modules/diff/index.js": evil,
    "w/node_modules/picomatch/index.js": evil,
    "w/.jvsignore": "x\n",
  });

  await box.ok("w", "snapshot", "two");
  await box.ok("w", "diff", "--patch", "HEAD~", "HEAD", "--", "*.ts");
  expect(readdirSync(box.path()).sort()).toEqual(["home", "w"]);
});
