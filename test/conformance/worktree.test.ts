import { existsSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";
import { makeInPlace, makeProject, type WorktreeObject } from "../worktree-project.ts";

test("a group without a verb shows its help; a wrong verb is a mistake", async () => {
  await using box = makeSandbox();
  for (const argv of [["worktree"], ["wt"], ["wt", "--help"], ["help", "worktree"]]) {
    const { exit, out, err } = await box.jvs(".", ...argv);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toContain("  jvs worktree <command>");
    expect(out).toContain("\n  fork ");
  }
  const wrong = await box.jvs(".", "worktree", "lst");
  expect(wrong).toMatchObject({ exit: 2, out: "" });
  expect(wrong.err).toBe(
    'unknown command "lst" for "jvs worktree"\n\nDid you mean this?\n\tlist\n\tls\n\n',
  );
});

test("create: an empty folder without history, in the words that users know", async () => {
  await using box = await makeProject();
  const { exit, out, err } = await box.jvs("p", "worktree", "create", "w1");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toBe(`Created worktree 'w1' at ${box.path("p/worktrees/w1")}\n`);
  expect(box.fingerprint("p/worktrees/w1")).toHaveLength(1);
  expect((await box.jvs("p/worktrees/w1", "history")).out).toBe("No snapshots yet.\n");

  const made = await box.json<WorktreeObject>("p/main", "wt", "create", "w2", "--from", "v1");
  expect(Object.keys(made).slice(0, 5)).toEqual([
    "name",
    "base_snapshot_id",
    "head_snapshot_id",
    "latest_snapshot_id",
    "created_at",
  ]);
  expect(made).toMatchObject({ name: "w2", base_snapshot_id: box.id, head_snapshot_id: box.id });
  expect((await box.jvs("p/worktrees/w2", "history")).out).toContain("◄── you are here (HEAD)");
  expect((await box.jvs("p", "wt", "create", "w3", "--from", "first")).out).toBe(
    `Created worktree 'w3' from snapshot ${box.id}\nPath: ${box.path("p/worktrees/w3")}\n`,
  );
});

test("list: the line that users know, and behind it what is new", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "b-fork");
  await box.jvs("p/main", "wt", "create", "a-empty");
  box.write({ "p/worktrees/b-fork/new": "12345" });
  const { exit, out, err } = await box.jvs("p/main", "worktree", "list");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  const head = `${box.id.slice(0, 16)}...`;
  expect(lines[0]).toMatch(/^a-empty {15}\(none\)/);
  expect(lines[1]).toMatch(
    new RegExp(`^b-fork {16}${head}  \\d+ s ago  dirty \\(1 path\\)  13 B  `),
  );
  expect(lines[2]).toMatch(
    new RegExp(`^main {18}${head}  \\d+ s ago  clean  8 B  .*<- you are here$`),
  );
  expect(lines).toHaveLength(3);

  const list = await box.json<WorktreeObject[]>("p", "wt", "list");
  expect(list.map(({ name, state, bytes }) => [name, state, bytes])).toEqual([
    ["a-empty", "clean", 0],
    ["b-fork", "dirty", 13],
    ["main", "clean", 8],
  ]);
  rmSync(box.path("p/worktrees/b-fork"), { recursive: true });
  expect((await box.jvs("p", "wt", "list")).out).toContain("missing");
});

test("path: the folder alone; without a name the one that one is in", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  expect((await box.jvs("p", "wt", "path", "f")).out).toBe(`${box.path("p/worktrees/f")}\n`);
  expect((await box.jvs("p/main/src", "wt", "path")).out).toBe(`${box.path("p/main")}\n`);
  expect(await box.json("p", "wt", "path", "main")).toEqual({
    name: "main",
    path: box.path("p/main"),
  });
  const outside = await box.jvs("p", "worktree", "path");
  expect(outside.exit).toBe(10);
  expect(outside.err).toContain("not inside a worktree (current directory is not under main/");
  expect((await box.jvs(".", "worktree", "list")).exit).toBe(10);
});

test("a worktree that is not there: what there is", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "Parser");
  for (const argv of [
    ["path", "x1"],
    ["remove", "x1"],
    ["rename", "x1", "y"],
  ]) {
    expect(await box.jvs("p", "worktree", ...argv)).toMatchObject({
      exit: 1,
      out: "",
      err: "worktree 'x1' not found\n  Available worktrees: Parser, main\n",
    });
  }
  expect((await box.jvs("p", "wt", "path", "pars")).err).toContain("  Did you mean: Parser?\n");
});

test("PA-01 PA-02 names are checked by every command, and never become a path", async () => {
  await using box = await makeProject();
  const before = box.fingerprint("p/main");
  for (const name of ["..", ".", "a/b", "../worktrees/main", "a\\b", "", "a b", "ä", "a\u0007"]) {
    for (const argv of [
      ["create", name],
      ["fork", "HEAD", name],
      ["fork", "--name", name],
      ["path", name],
      ["remove", name],
      ["remove", "--force", name],
      ["rename", name, "x"],
      ["rename", "main", name],
    ]) {
      const { exit, out, err } = await box.jvs("p/main", "worktree", ...argv);
      expect({ exit, out }, argv.join(" ")).toEqual({ exit: 2, out: "" });
      expect(err, argv.join(" ")).toMatch(/^jvs: E_NAME_INVALID: name must /);
    }
  }
  expect(box.fingerprint("p/main")).toEqual(before);
  expect(existsSync(box.path("p/worktrees"))).toBe(false);
  for (const name of [".hid", "-x", "x_1.y"])
    expect((await box.jvs("p", "worktree", "create", "--", name)).exit, name).toBe(0);
  expect((await box.jvs("p", "worktree", "remove", "--", "-x")).exit).toBe(0);
});

test("a name that would be a record's name is refused in place", async () => {
  await using box = await makeInPlace();
  await box.jvs("w", "fork", "--name", "f");
  expect((await box.jvs("w", "fork", "--name", "f.json")).exit).toBe(2);
  expect((await box.jvs("w", "wt", "list")).exit).toBe(0);
});

test("DL-15 a record that is garbled is named, never left out in silence", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/.jvs/worktrees/f.json": "{ broken" });
  const { exit, err } = await box.jvs("p", "wt", "list");
  expect(exit).toBe(0);
  expect(err).toContain("worktree 'f' cannot be read");
  expect((await box.jvs("p/main", "fork", "--name", "f")).exit).toBe(1);
});

test("--json: one value, for failures too", async () => {
  await using box = await makeProject();
  for (const argv of [
    ["create", "a"],
    ["fork", "HEAD", "b"],
    ["rename", "a", "c"],
    ["remove", "c"],
    ["path", "b"],
    ["list"],
    ["path", "nope"],
    ["remove", "main"],
    ["create", ".."],
  ]) {
    const { out } = await box.jvs("p/main", "worktree", ...argv, "--json");
    expect(() => JSON.parse(out), argv.join(" ")).not.toThrow();
  }
});
