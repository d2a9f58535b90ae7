import { existsSync, mkdirSync, readdirSync, realpathSync } from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, makeSandbox } from "../sandbox.ts";
import { makeInPlace, makeProject, read, type WorktreeObject } from "../worktree-project.ts";

test("fork: base, head and latest are the snapshot; the content is the same in everything", async () => {
  await using box = await makeProject();
  const { exit, out, err } = await box.jvs("p/main", "worktree", "fork", "v1", "f");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toBe(
    `Created worktree 'f' from snapshot ${box.id}\nPath: ${box.path("p/worktrees/f")}\n` +
      "Worktree is at HEAD state - you can create snapshots.\n",
  );
  expect(box.fingerprint("p/worktrees/f")).toEqual(box.fingerprint("p/main"));
  const status = await box.json<{ clean: boolean; worktree: string }>("p/worktrees/f", "status");
  expect(status).toMatchObject({ clean: true, worktree: "f" });

  box.write({ "p/worktrees/f/new": "x" });
  const next = await box.json<{ parent_id: string }>("p/worktrees/f", "snapshot", "in f");
  expect(next.parent_id).toBe(box.id);
  expect((await box.jvs("p/main", "history")).out).not.toContain("in f");
});

test("fork in place: below .jvs, and main does not see it", async () => {
  await using box = await makeInPlace();
  const made = await box.json<WorktreeObject>("w", "fork", "--name", "f");
  expect(made.path).toBe(box.path("w/.jvs/worktrees/f"));
  box.write({ "w/.jvs/worktrees/f/a": "edited in the fork\n" });
  expect(await box.json("w", "status")).toMatchObject({ clean: true, worktree: "main" });
  expect(await box.json("w/.jvs/worktrees/f/src", "status")).toMatchObject({
    clean: false,
    worktree: "f",
  });
});

test.each([["p/elsewhere"], ["outside"]])("fork --path %s: found from inside it", async (place) => {
  await using box = await makeProject();
  const made = await box.json<WorktreeObject>(
    "p/main",
    "fork",
    "--name",
    "f",
    "--path",
    box.path(place),
  );
  expect(made.path).toBe(realpathSync(box.path(place)));
  expect(await box.json(`${place}/src`, "status")).toMatchObject({ clean: true, worktree: "f" });
  expect((await box.jvs("p", "worktree", "path", "f")).out).toBe(`${made.path}\n`);
  box.write({ [`${place}/new`]: "x" });
  expect((await box.jvs(place, "snapshot", "out there")).exit).toBe(0);
  expect((await box.jvs("p", "wt", "remove", "f")).exit).toBe(0);
  expect(existsSync(box.path(place))).toBe(false);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(read(box, `${place}/new`)).toBe("x");
  expect(await box.json(place, "status")).toMatchObject({ clean: true });
});

test("fork --path where a workspace would be content of another one, or is taken", async () => {
  await using box = await makeProject();
  box.write({ "full/x": "1", "other/y": "2" });
  await box.jvs("other", "init");
  for (const [place, code] of [
    ["p/main/sub", "E_NESTED_REPOSITORY"],
    ["p/.jvs/sub", "E_NESTED_REPOSITORY"],
    ["other/sub", "E_NESTED_REPOSITORY"],
    ["full", "E_EXISTS"],
    ["full/x", "E_EXISTS"],
    ["no/such/parent", "E_IO"],
  ] as const) {
    const ran = await box.jvs(
      "p/main",
      "fork",
      "-q",
      "--json",
      "--name",
      "f",
      "--path",
      box.path(place),
    );
    expect(ran.exit, place).toBe(1);
    expect(JSON.parse(ran.out).error.code, place).toBe(code);
  }
  expect(existsSync(box.path("p/.jvs/worktrees/f.json"))).toBe(false);
});

test.skipIf(!IS_ROOT)("fork --path on another file system is refused", async () => {
  await using box = await makeProject();
  box.mountMemory("memory", "size=1m");
  const ran = await box.jvs("p/main", "fork", "--name", "f", "--path", box.path("memory/f"));
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("it is on another file system than the repository");
});

test("UX-05 one word: a snapshot if it names one, else a name; stderr says which", async () => {
  await using box = await makeProject();
  const asRef = await box.jvs("p/main", "fork", "fir");
  expect(asRef.out).toContain(`from snapshot ${box.id}`);
  expect(asRef.err).toBe(
    `jvs: "fir" is snapshot ${box.id.slice(14)}; the fork got the name fork-${box.id.slice(14)} (--name says another)\n`,
  );
  const asName = await box.jvs("p/main", "fork", "try");
  expect(asName.out).toContain("Created worktree 'try' from");
  expect(asName.err).toBe(
    `jvs: "try" is no snapshot: it is the name of the fork, from HEAD (${box.id.slice(14)})\n`,
  );
  expect((await box.jvs("p/main", "fork", "--name", "fir")).err).toBe("");
  expect((await box.jvs("p/main", "fork", "--from", "fir", "second")).err).toBe("");
  expect((await box.jvs("p/main", "fork", "fir", "--from", "v1", "--name", "x")).exit).toBe(2);
});

test("a word that several snapshots fit is a name", async () => {
  await using box = await makeProject();
  box.write({ "p/main/a": "again" });
  await box.jvs("p/main", "snapshot", "first of many");
  box.write({ "p/main/a": "and again" });
  await box.jvs("p/main", "snapshot", "first of all");
  expect((await box.jvs("p/main", "fork", "first-of")).out).toContain("'first-of'");
  expect((await box.jvs("p/main", "fork", "fir")).out).toContain("Created worktree 'fir' from");
  const neither = await box.jvs("p/main", "fork", "no/such~ref");
  expect(neither).toMatchObject({ exit: 2, out: "" });
  expect(neither.err).toContain("E_NAME_INVALID");
  expect(neither.err).toContain("snapshot 'no/such~ref' not found");
});

test("CC-12 automatic names never collide, also eight at once", async () => {
  await using box = await makeProject();
  const ran = await Promise.all(
    Array.from({ length: 8 }, () => box.jvs("p/main", "fork", "--json")),
  );
  expect(ran.map(({ exit, err }) => ({ exit, err }))).toEqual(Array(8).fill({ exit: 0, err: "" }));
  const names = ran.map(({ out }) => (JSON.parse(out) as WorktreeObject).name).sort();
  expect(new Set(names).size).toBe(8);
  expect(names[0]).toBe(`fork-${box.id.slice(14)}`);
  const list = await box.json<WorktreeObject[]>("p", "wt", "list");
  expect(list.map(({ state }) => state)).toEqual(Array(9).fill("clean"));
});

test("fork without snapshots, names that are taken", async () => {
  await using box = makeSandbox();
  await box.jvs(".", "init", "p");
  expect(await box.jvs("p/main", "fork", "x")).toMatchObject({ exit: 1, out: "" });
  expect((await box.jvs("p/main", "fork")).err).toMatch(
    /^jvs: current worktree has no snapshots to fork from\n/,
  );
  await box.jvs("p", "worktree", "create", "x");
  box.write({ "p/main/a": "1" });
  await box.jvs("p/main", "snapshot");
  for (const [verb, ...argv] of [
    ["create", "x"],
    ["fork", "HEAD", "x"],
    ["rename", "x", "main"],
  ]) {
    const { exit, err } = await box.jvs("p/main", "worktree", verb as string, ...argv);
    expect(exit).toBe(1);
    expect(err).toMatch(
      new RegExp(`^jvs: ${verb} worktree: worktree ${argv.at(-1)} already exists\\n`),
    );
  }
});

test("DL-13 a fork of a compressed snapshot holds the same files", async () => {
  await using box = await makeProject();
  box.write({ "p/main/user.gz": "not packed by us" });
  await box.jvs("p/main", "snapshot", "small", "--compress", "max");
  await box.jvs("p/main", "fork", "small", "f");
  expect(box.fingerprint("p/worktrees/f")).toEqual(box.fingerprint("p/main"));
});

test("a fork that cannot be made leaves nothing behind", async () => {
  await using box = await makeProject();
  mkdirSync(box.path("closed"), { mode: 0o555 });
  box.giveAway("p");
  const argv = ["fork", "--name", "f", "--path", box.path("closed/f")];
  const { exit, err } = await box.run("p/main", argv, { asNobody: true });
  expect(exit).toBe(1);
  expect(err).toContain("permission denied");
  expect(readdirSync(box.path("closed"))).toEqual([]);
  expect(readdirSync(box.path("p/.jvs/intents"))).toEqual([]);
  expect(readdirSync(box.path("p/.jvs/worktrees"))).toEqual(["main.json"]);
});
