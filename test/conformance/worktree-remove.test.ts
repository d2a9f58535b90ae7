import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, type Ran, type Sandbox } from "../sandbox.ts";
import { makeProject, read, type WorktreeObject } from "../worktree-project.ts";

function inside(box: Sandbox, folder: string): Promise<ChildProcess> {
  return new Promise((resolve) => {
    const child = spawn("sleep", ["60"], { cwd: box.path(folder) });
    child.on("spawn", () => resolve(child));
  });
}

test("DL-02 remove keeps unsaved work; undo brings record and folder back", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/worktrees/f/unsaved": "hours of work", "p/worktrees/f/a": "edited" });
  const before = box.fingerprint("p/worktrees/f");
  const record = read(box, "p/.jvs/worktrees/f.json");

  const removed = await box.jvs("p/main", "worktree", "remove", "f");
  expect(removed).toMatchObject({ exit: 0, err: "" });
  expect(removed.out).toMatch(
    /^Removed worktree 'f'\nUnsaved work is kept in safety snapshot [0-9a-f]{8}; jvs undo brings it back\.\n$/,
  );
  expect(existsSync(box.path("p/worktrees/f"))).toBe(false);
  expect((await box.json<WorktreeObject[]>("p", "wt", "list")).map(({ name }) => name)).toEqual([
    "main",
  ]);

  const undone = await box.jvs("p/main", "undo");
  expect(undone).toMatchObject({ exit: 0, err: "" });
  expect(box.fingerprint("p/worktrees/f")).toEqual(before);
  expect(read(box, "p/.jvs/worktrees/f.json")).toBe(record);
  expect(await box.json("p/worktrees/f", "status")).toMatchObject({ clean: false });

  box.write({ "p/worktrees/f/more": "later" });
  expect((await box.jvs("p/main", "redo")).exit).toBe(0);
  expect(existsSync(box.path("p/worktrees/f"))).toBe(false);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(read(box, "p/worktrees/f/more")).toBe("later");
});

test("remove of a clean one needs no safety snapshot; from the root main's undo takes it back", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  expect(await box.json("p", "wt", "remove", "f")).toMatchObject({
    removed: "f",
    safety_snapshot: null,
  });
  expect(await box.json("p/main", "history", "--kind", "safety")).toEqual([]);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(box.fingerprint("p/worktrees/f")).toEqual(box.fingerprint("p/main"));
});

test("what gc does meanwhile loses nothing of a removed worktree", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/worktrees/f/unsaved": "work" });
  await box.jvs("p/worktrees/f", "snapshot", "in f");
  await box.jvs("p", "wt", "remove", "f");
  await box.jvs("p/main", "gc", "--now");
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(read(box, "p/worktrees/f/unsaved")).toBe("work");
  expect((await box.jvs("p/worktrees/f", "history")).out).toContain("in f");
});

test("undo of a fork removes it, unsaved work kept; in the fork itself there is nothing to undo", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  expect((await box.jvs("p/worktrees/f", "undo")).err).toContain("there is nothing to undo");
  box.write({ "p/worktrees/f/unsaved": "work" });
  expect((await box.jvs("p/main", "undo")).out).toContain(
    "The worktree 'f' is gone; its unsaved work",
  );
  expect(existsSync(box.path("p/worktrees/f"))).toBe(false);
  expect((await box.jvs("p/main", "redo")).exit).toBe(0);
  expect(read(box, "p/worktrees/f/unsaved")).toBe("work");
});

test("remove refuses main, the folder one stands in, one at work, and a detached one", async () => {
  await using box = await makeProject();
  expect(await box.jvs("p", "worktree", "remove", "main", "--force")).toMatchObject({
    exit: 1,
    out: "",
    err: expect.stringMatching(/^jvs: remove worktree: cannot remove main worktree\n/),
  });
  await box.jvs("p/main", "fork", "--name", "f");
  for (const folder of ["p/worktrees/f", "p/worktrees/f/src"]) {
    const { exit, err } = await box.jvs(folder, "worktree", "remove", "-f", "f");
    expect(exit).toBe(1);
    expect(err).toMatch(/^jvs: Cannot remove worktree 'f': you are standing in it\n {2}Run `cd /);
  }
  const other = await inside(box, "p/worktrees/f/src");
  const busy = await box.jvs("p", "worktree", "remove", "f");
  expect(busy.exit).toBe(1);
  expect(busy.err).toContain(`process ${other.pid} (sleep) is at work in it`);
  expect(existsSync(box.path("p/worktrees/f/a"))).toBe(true);
  other.kill("SIGKILL");
  await new Promise((resolve) => other.on("exit", resolve));

  box.write({ "p/worktrees/f/a": "next" });
  const { snapshot_id: latest } = await box.json<{ snapshot_id: string }>(
    "p/worktrees/f",
    "snapshot",
  );
  await box.jvs("p/worktrees/f", "restore", "v1");
  expect(await box.jvs("p", "worktree", "remove", "f")).toMatchObject({
    exit: 1,
    err: "jvs: worktree 'f' is in detached state\n",
    out: `\nCurrent position: ${box.id}\nLatest snapshot: ${latest}\n\nTo remove anyway, use: jvs worktree remove --force f\n`,
  });
  expect((await box.jvs("p", "worktree", "remove", "--force", "f")).out).toBe(
    "Removed worktree 'f'\n",
  );
  await box.jvs("p/main", "undo");
  expect(await box.json("p/worktrees/f", "status")).toMatchObject({ detached: true, clean: true });
});

/** Writes line after line to an open file, standing elsewhere, until it is killed. */
async function writerOf(box: Sandbox, name: string): Promise<ChildProcess> {
  const loop = 'exec 3>>"$1"; while :; do echo line >&3; sleep 0.001; done';
  const child = spawn("sh", ["-c", loop, "sh", box.path(name)], { cwd: "/" });
  while (!existsSync(box.path(name)) || read(box, name) === "")
    await new Promise((resolve) => setTimeout(resolve, 5));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await new Promise((resolve) => child.on("exit", resolve));
}

test("remove refuses while a program has a file open for writing; then not a line is lost", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  const writer = await writerOf(box, "p/worktrees/f/log");
  const busy = await box.jvs("p/main", "worktree", "remove", "f");
  expect(busy.exit).toBe(1);
  // What it starts has the file open, too.
  expect(busy.err).toMatch(
    new RegExp(`process ${writer.pid} \\(sh\\)( and 1 more)? is at work in it`),
  );
  await end(writer);
  const lines = read(box, "p/worktrees/f/log");
  expect((await box.jvs("p/main", "worktree", "remove", "f")).exit).toBe(0);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(read(box, "p/worktrees/f/log")).toBe(lines);
});

test.skipIf(!IS_ROOT)(
  "remove finds a writer whom it may not look at, and leaves all as it was",
  async () => {
    await using box = await makeProject();
    await box.jvs("p/main", "fork", "--name", "f");
    box.giveAway("p");
    const before = box.fingerprint("p/worktrees/f");
    const writer = await writerOf(box, "p/worktrees/f/a");
    const busy = await box.run("p/main", ["worktree", "remove", "f"], { asNobody: true });
    expect(busy.exit).toBe(1);
    expect(busy.err).toContain(`a program has "a" open for writing`);
    await end(writer);
    expect(box.fingerprint("p/worktrees/f").filter((line) => !/^(a|\.) /.test(line))).toEqual(
      before.filter((line) => !/^(a|\.) /.test(line)),
    );
    const forced = await box.run("p/main", ["worktree", "remove", "f"], { asNobody: true });
    expect(forced.exit).toBe(0);
  },
);

test.skipIf(!IS_ROOT)("what remove -f cannot keep is named by it and by undo", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/worktrees/f/closed/secret": "x", "p/worktrees/f/new": "kept" });
  box.giveAway("p");
  chmodSync(box.path("p/worktrees/f/closed"), 0o000);
  const asNobody = (...argv: string[]): Promise<Ran> => box.run("p/main", argv, { asNobody: true });
  const refused = await asNobody("worktree", "remove", "f");
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("1 of its paths cannot be kept");
  const removed = await asNobody("worktree", "remove", "-f", "f", "--json");
  expect(removed.exit).toBe(3);
  expect(removed.err).toContain("1 path is gone for good, no snapshot holds it:\n  closed: ");
  expect(JSON.parse(removed.out)).toMatchObject({
    lost: [{ path: "closed", kind: "unreadable" }],
    left: null,
  });
  expect(existsSync(box.path("p/worktrees/f"))).toBe(false);
  const undone = await asNobody("undo");
  expect(undone.exit).toBe(3);
  expect(undone.err).toContain("1 path is gone: no snapshot holds what was there:\n  closed: ");
  expect(read(box, "p/worktrees/f/new")).toBe("kept");
});

test.skipIf(!IS_ROOT)(
  "what the system will not remove stays, and blocks no later command",
  async () => {
    await using box = await makeProject();
    await box.jvs("p/main", "fork", "--name", "f");
    box.giveAway("p");
    box.write({ "p/worktrees/f/foreign/file": "of root" });
    chmodSync(box.path("p/worktrees/f/foreign"), 0o755);
    const asNobody = (...argv: string[]): Promise<Ran> =>
      box.run("p/main", argv, { asNobody: true });
    const removed = await asNobody("worktree", "remove", "f");
    expect(removed.err).toMatch(/the system would not remove all of its folder; the rest is ".*"/);
    expect(existsSync(box.path("p/worktrees/f"))).toBe(false);
    expect((await asNobody("fork", "--name", "f")).exit).toBe(0);
  },
);

test.skipIf(!IS_ROOT)("remove never reaches into what is mounted in the worktree", async () => {
  await using box = await makeProject();
  box.write({ "p/main/.jvsignore": "data\n" });
  await box.jvs("p/main", "snapshot");
  await box.jvs("p/main", "fork", "--name", "f");
  box.mountMemory("p/worktrees/f/data", "size=1m");
  box.write({ "p/worktrees/f/data/precious": "x" });
  const { exit, err } = await box.jvs("p", "worktree", "remove", "--force", "f");
  expect(exit).toBe(1);
  expect(err).toContain("something is mounted at");
  expect(read(box, "p/worktrees/f/data/precious")).toBe("x");
});

test("remove of a worktree whose folder is gone; ignored files are named", async () => {
  await using box = await makeProject({ a: "1", ".jvsignore": "*.log\n" });
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/worktrees/f/x.log": "1" });
  expect((await box.jvs("p", "wt", "remove", "f")).err).toContain("1 ignored path went with it");
  await box.jvs("p/main", "fork", "--name", "g");
  rmSync(box.path("p/worktrees/g"), { recursive: true });
  expect(await box.jvs("p", "wt", "remove", "g")).toMatchObject({ exit: 0, err: "" });
});

test("PA-04 rename moves record and folder, never main; undo takes it back", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "a");
  const before = box.fingerprint("p/worktrees/a");
  const main = await box.jvs("p", "worktree", "rename", "main", "x");
  expect(main.exit).toBe(1);
  expect(main.err).toMatch(/^jvs: rename worktree: cannot rename main worktree\n/);
  expect(await box.json("p/main", "status")).toMatchObject({ worktree: "main" });

  expect((await box.jvs("p", "worktree", "rename", "a", "b")).out).toBe(
    "Renamed worktree 'a' to 'b'\n",
  );
  expect(existsSync(box.path("p/worktrees/a"))).toBe(false);
  expect(existsSync(box.path("p/.jvs/worktrees/a.json"))).toBe(false);
  expect(box.fingerprint("p/worktrees/b")).toEqual(before);
  expect(await box.json("p/worktrees/b", "status")).toMatchObject({ worktree: "b", clean: true });
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(box.fingerprint("p/worktrees/a")).toEqual(before);
  expect(await box.json("p", "wt", "rename", "a", "c")).toMatchObject({
    name: "c",
    head_snapshot_id: box.id,
  });
  mkdirSync(box.path("p/worktrees/full/x"), { recursive: true });
  expect((await box.jvs("p", "wt", "rename", "c", "full")).exit).toBe(1);
  expect(existsSync(box.path("p/worktrees/c/a"))).toBe(true);
});
