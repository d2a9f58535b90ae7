import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";
import { keysOf } from "./open-desk.ts";
import { makeSteady } from "./steady-text.ts";

test("init with a name makes a project", async () => {
  await using box = makeSandbox();
  const steady = makeSteady(box);
  const { exit, out, err } = await box.jvs("", "init", "novel");

  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(steady(out)).toBe(
    "Initialized JVS repository in $BOX/novel\n  Main worktree: $BOX/novel/main\n",
  );
  expect(readdirSync(box.path("novel")).sort()).toEqual([".jvs", "main"]);
});

test("init without a name takes the folder in place", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  const steady = makeSteady(box);

  expect(steady(await box.ok("w", "init"))).toBe(
    "Initialized JVS repository in $BOX/w\n  Main worktree: $BOX/w\n",
  );
  expect(readdirSync(box.path("w")).sort()).toEqual([".jvs", "a.txt"]);
});

test("its JSON: the three keys that scripts know come first", async () => {
  await using box = makeSandbox();
  const { out } = await box.jvs("", "init", "novel", "--json");

  expect(keysOf(out)).toEqual([
    "format_version",
    "repo_id",
    "repo_root",
    "layout",
    "workspace",
    "engine",
  ]);
  expect(JSON.parse(out)).toMatchObject({
    format_version: 2,
    repo_root: box.path("novel"),
    workspace: box.path("novel/main"),
  });
});

test.each([
  ["", "name must not be empty"],
  ["..", "must not contain '..': .."],
  ["a..b", "must not contain '..': a..b"],
  ["a/b", "must not contain separators: a/b"],
  ["a\\b", "must not contain separators: a\\b"],
  ["a\tb", "must not contain control characters: "],
  ["a b", "must match [a-zA-Z0-9._-]+: a b"],
  ["\u00e9", "must match [a-zA-Z0-9._-]+: \u00e9"],
  [".", ""],
])("PA-01 the name %j is refused", async (name, message) => {
  await using box = makeSandbox();
  const { exit, out, err } = await box.jvs("", "init", "--", name);

  expect({ exit, out }).toEqual({ exit: 2, out: "" });
  expect(err).toMatch(/^jvs: E_NAME_INVALID: /);
  expect(err).toContain(message);
  expect(readdirSync(box.path())).toEqual(["home"]);
});

test("names that are well-formed", async () => {
  await using box = makeSandbox();
  for (const name of ["a", "A-1_b.c", ".hid", "x".repeat(100)]) await box.ok("", "init", name);
});

test("a name that is taken", async () => {
  await using box = makeSandbox({ "novel/a.txt": "a" });
  const first = await box.jvs("", "init", "novel");
  const again = await box.jvs("", "init", "novel");

  for (const { exit, err } of [first, again].slice(first.exit === 0 ? 1 : 0))
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringMatching(/^jvs: /) });
});

test("too many words", async () => {
  await using box = makeSandbox();
  const { exit, out, err } = await box.jvs("", "init", "a", "b");
  expect({ exit, out, err }).toEqual({
    exit: 2,
    out: "",
    err: "accepts at most 1 arg(s), received 2\n",
  });
});
