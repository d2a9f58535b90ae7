import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { makeProject, read } from "../worktree-project.ts";

/** Points the record of a worktree elsewhere, by hand. */
function editRecord(box: Sandbox, name: string, path: string): void {
  const file = box.path(`p/.jvs/worktrees/${name}.json`);
  const { record_checksum: _, ...record } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...record, path }));
}

test("a workspace that was exchanged for a link is refused by name, and doctor finds it", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "victim/a": "precious" });
  rmSync(box.path("p/worktrees/f"), { recursive: true });
  symlinkSync(box.path("victim"), box.path("p/worktrees/f"));
  const before = box.fingerprint("victim");
  for (const [folder, ...argv] of [
    ["p/worktrees/f", "restore", "HEAD"],
    ["p/worktrees/f", "snapshot", "x"],
    ["p/worktrees/f", "status"],
    ["p/main", "worktree", "remove", "-f", "f"],
    ["p/main", "worktree", "rename", "f", "g"],
    ["p/main", "compare", "main", "f"],
  ] as const) {
    const { exit, err } = await box.jvs(folder, ...argv);
    expect({ exit, err }, argv.join(" ")).toEqual({
      exit: 1,
      err: expect.stringMatching(/worktrees\/f" is a symbolic link\n/),
    });
  }
  expect(box.fingerprint("victim")).toEqual(before);
  expect((await box.jvs("p/main", "status")).exit, "the others go on").toBe(0);
  const list = await box.jvs("p/main", "worktree", "list");
  expect(list).toMatchObject({ exit: 0, err: expect.stringContaining("is a symbolic link") });
  const doctor = await box.jvs("p/main", "doctor", "--json");
  expect(doctor.exit).toBe(12);
  expect(JSON.parse(doctor.out).findings).toContainEqual(
    expect.objectContaining({ code: "worktree-folder-not-own", path: "worktrees/f" }),
  );
  expect((await box.jvs("p/main", "doctor", "--repair")).err).not.toContain("bug");
  expect(box.fingerprint("victim")).toEqual(before);
});

test("the folder of all worktrees as a link: nothing is made or removed through it", async () => {
  await using box = await makeProject();
  mkdirSync(box.path("victim"));
  symlinkSync(box.path("victim"), box.path("p/worktrees"));
  const fork = await box.jvs("p/main", "fork", "--name", "f");
  expect(fork).toMatchObject({
    exit: 1,
    err: expect.stringContaining(
      `is reached through the symbolic link "${box.path("p/worktrees")}"`,
    ),
  });
  expect(readdirSync(box.path("victim"))).toEqual([]);
  rmSync(box.path("p/worktrees"));
  await box.jvs("p/main", "fork", "--name", "f");
  renameSync(box.path("p/worktrees"), box.path("victim/w"));
  symlinkSync(box.path("victim/w"), box.path("p/worktrees"));
  expect((await box.jvs("p/main", "worktree", "remove", "f")).exit).toBe(1);
  expect((await box.jvs("p/main", "undo")).exit, "of the fork").toBe(1);
  expect(existsSync(box.path("victim/w/f/a"))).toBe(true);
  expect((await box.jvs("p/main", "doctor")).exit).toBe(12);
});

test("init takes no link, and no file, for main, and leaves nothing behind", async () => {
  await using box = makeSandbox({ "lav/a": "1", "b/main": "a file" });
  mkdirSync(box.path("la"));
  symlinkSync("../lav", box.path("la/main"));
  for (const [name, what] of [
    ["la", "is a symbolic link"],
    ["b", "is no folder"],
  ] as const) {
    const { exit, err } = await box.jvs("", "init", name);
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining(what) });
    expect(readdirSync(box.path(name))).toEqual(["main"]);
  }
  expect(readdirSync(box.path("lav"))).toEqual(["a"]);
});

test("fork --path refuses places that are somebody's", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "old", "--path", "../../far/x");
  mkdirSync(box.path("far"));
  await box.jvs("p/main", "fork", "--name", "old", "--path", "../../far/x");
  await box.jvs("p/main", "fork", "--name", "gone", "--path", "../../away");
  rmSync(box.path("away"), { recursive: true });
  for (const [path, why] of [
    ["../worktrees", "where other worktrees have their places"],
    ["../worktrees/g", "where other worktrees have their places"],
    ["../.jvs/objects/x", "lies in .jvs"],
    ["sub", "lies inside the worktree 'main'"],
    ["../../far/x/y", "lies inside the worktree 'old'"],
    ["../../away", "is that of the worktree 'gone'"],
  ] as const) {
    if (path.startsWith("../worktrees/")) mkdirSync(box.path("p/worktrees"), { recursive: true });
    const { exit, err } = await box.jvs("p/main", "fork", "--name", "f", "--path", path);
    expect({ exit, err }, path).toEqual({ exit: 1, err: expect.stringContaining(why) });
  }
  const own = await box.jvs("p/main", "fork", "--name", "f", "--path", "../worktrees/f");
  expect(own.exit).toBe(0);
  expect((await box.jvs("p/main", "doctor")).out).not.toContain("places");
});

test("a record that points at records, or into another worktree, is refused, and doctor names it", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  await box.jvs("p/main", "fork", "--name", "g");
  const objects = box.fingerprint("p/.jvs/objects");
  for (const path of [
    ".jvs/objects",
    ".jvs/worktrees",
    ".",
    "main",
    "main/src",
    "worktrees/g",
    "worktrees",
  ]) {
    editRecord(box, "f", path);
    for (const argv of [
      ["worktree", "remove", "-f", "f"],
      ["worktree", "rename", "f", "h"],
    ]) {
      const { exit, err } = await box.jvs("p/main", ...argv);
      expect({ exit, err }, `${argv.join(" ")} ${path}`).toEqual({
        exit: 1,
        err: expect.stringContaining(`Cannot use the worktree "f": its folder "`),
      });
    }
    expect(await box.json("p/main", "status"), path).toMatchObject({ worktree: "main" });
    expect(await box.json("p/worktrees/g", "status"), path).toMatchObject({ worktree: "g" });
    const { exit, out } = await box.jvs("p/main", "doctor");
    expect({ exit, out }, path).toEqual({
      exit: 12,
      out: expect.stringContaining("the folder of worktree 'f'"),
    });
  }
  expect(box.fingerprint("p/.jvs/objects")).toEqual(objects);
  expect(read(box, "p/worktrees/g/a")).toBe("one\n");
});

test("a forged record of an interrupted removal removes nothing elsewhere", async () => {
  await using box = await makeProject();
  const id = "1767322985000-0123abcd";
  for (const [name, path, planId, victim] of [
    ["f", "main/src", id, `p/main/.src.jvs-${id}`],
    ["f", "worktrees/f", "x/../../../victim", "victim"],
  ] as const) {
    box.write({ [`${victim}/precious`]: "x", "p/worktrees/.f.jvs-x/y": "" });
    const before = { name, path, created_at: "2026-01-01T00:00:00.000Z" };
    const plan = {
      ...{
        id: planId,
        operation: "worktree-remove",
        target: name,
        reason: "",
        before,
        after: null,
      },
      ...{ files: null, here: "main", actor: { user: "u", host: "h", pid: 1 }, isDecided: true },
    };
    const file = `p/.jvs/intents/${id}.worktree.${name}.json`;
    box.write({
      [file]: JSON.stringify({ id, kind: "worktree", worktree: name, pid: 1, data: { plan } }),
    });
    const { exit, err } = await box.jvs("p/main", "snapshot", "next");
    expect({ exit, err }, path).toEqual({
      exit: 1,
      err: expect.stringContaining("Cannot finish the interrupted worktree-remove of 'f'"),
    });
    expect(read(box, `${victim}/precious`)).toBe("x");
    rmSync(box.path(file));
  }
  expect((await box.jvs("p/main", "snapshot", "next")).exit).toBe(0);
});

test("an empty folder that is there is somebody's: neither fork, rename nor undo replaces it", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  mkdirSync(box.path("mine"));
  mkdirSync(box.path("p/worktrees/taken"));
  symlinkSync("mine", box.path("link"));
  const before = box.fingerprint("");
  for (const argv of [
    ["fork", "--name", "g", "--path", "../../mine"],
    ["fork", "--name", "g", "--path", "../../link"],
    ["fork", "--name", "taken"],
    ["worktree", "rename", "f", "taken"],
  ]) {
    const { exit, err } = await box.jvs("p/main", ...argv);
    expect({ exit, err }, argv.join(" ")).toEqual({
      exit: 1,
      err: expect.stringMatching(/^jvs: Cannot make a worktree at ".*": .*there/),
    });
  }
  const isOurs = (line: string): boolean => !line.startsWith("p/.jvs");
  expect(box.fingerprint("").filter(isOurs)).toEqual(before.filter(isOurs));
  await box.jvs("p/main", "worktree", "remove", "f");
  mkdirSync(box.path("p/worktrees/f"));
  const undone = await box.jvs("p/main", "undo");
  expect(undone.exit).toBe(1);
  expect(undone.err).toContain("Move that away, then run the command again");
  expect(undone.err).not.toContain("--path");
  rmSync(box.path("p/worktrees/f"), { recursive: true });
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
});

test("places that cannot be are refused with the path and a cure", async () => {
  await using box = await makeProject();
  for (const path of ["/", "../..", `../../${"x".repeat(300)}`, "../../no/where", "a/b"]) {
    const { exit, err } = await box.jvs("p/main", "fork", "--name", "f", "--path", path);
    expect(exit, path).toBe(1);
    expect(err, path).toMatch(/^jvs: Cannot make a worktree at ".+": .+\n {2}Choose another place/);
  }
  const script = `exec "$0" fork --name f --path "$(printf '../../bad\\377')"`;
  const { status, stderr } = spawnSync("sh", ["-c", script, box.binary], {
    cwd: box.path("p/main"),
  });
  expect({ status, err: stderr.toString() }).toEqual({
    status: 2,
    err: expect.stringContaining("the path is not UTF-8"),
  });
  expect(readdirSync(box.root).sort()).toEqual(["home", "p"]);
});

test("a single word that is no snapshot is a name, and has to be one", async () => {
  await using box = await makeProject();
  for (const word of ["..", ".", "a/b", "a b"]) {
    const { exit, out } = await box.jvs("p/main", "fork", word, "--json");
    expect({ exit, code: JSON.parse(out).error.code }, word).toEqual({
      exit: 2,
      code: "E_NAME_INVALID",
    });
  }
  await box.jvs("p/main", "note", "edit", "v1", "alpha one");
  box.write({ "p/main/a": "2" });
  await box.jvs("p/main", "snapshot", "alpha two");
  expect((await box.jvs("p/main", "fork", "alpha")).err).toMatch(
    /^jvs: "alpha" fits several snapshots: it is the name of the fork, from HEAD/,
  );
});
