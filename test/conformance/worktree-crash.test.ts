import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { makeProject, type Project, read } from "../worktree-project.ts";

/** Where the test build can be made to die, in the order of a command. */
const MAKING = [
  "worktree-intent",
  "worktree-written",
  "worktree-ready",
  "worktree-placed",
  "after-log",
  "worktree-finished",
  "after-intent",
];
const REMOVING = [
  "step-2",
  "step-10",
  "worktree-aside",
  "worktree-decided",
  "after-log",
  "worktree-finished",
];
const RENAMING = ["worktree-intent", "worktree-placed", "after-log", "worktree-finished"];

/** The next command, given from a place that has nothing to do with it: then no trace is left. */
async function heal(box: Project): Promise<void> {
  expect(await box.jvs("p/main", "status", "-q")).toMatchObject({ exit: 0, err: "" });
  expect(readdirSync(box.path("p/.jvs/intents"))).toEqual([]);
  expect(readdirSync(box.path("p/.jvs/drafts"))).toEqual([]);
}

function namesIn(box: Project): string[] {
  return existsSync(box.path("p/worktrees")) ? readdirSync(box.path("p/worktrees")).sort() : [];
}

async function listed(box: Project): Promise<string[]> {
  const list = await box.json<{ name: string; state: string }[]>("p", "worktree", "list");
  return list.map(({ name, state }) => `${name} ${state}`);
}

async function logged(box: Project, operation: string): Promise<number> {
  const log = await box.json<{ operation: string }[]>("p", "operations", "-n", "0");
  return log.filter((record) => record.operation === operation).length;
}

test.each(MAKING)("a fork that dies at %s is there whole, or not at all", async (failPoint) => {
  await using box = await makeProject();
  const died = await box.run("p/main", ["fork", "--name", "f"], { failPoint });
  expect(died.signal).toBe("SIGKILL");
  await heal(box);
  const isThere = namesIn(box).length > 0;
  expect(namesIn(box)).toEqual(isThere ? ["f"] : []);
  expect(await listed(box)).toEqual(isThere ? ["f clean", "main clean"] : ["main clean"]);
  expect(await logged(box, "fork")).toBe(isThere ? 1 : 0);
  if (isThere) expect(box.fingerprint("p/worktrees/f")).toEqual(box.fingerprint("p/main"));
  else expect((await box.jvs("p/main", "fork", "--name", "f")).exit).toBe(0);
  expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(namesIn(box)).toEqual([]);
});

test.each(REMOVING)("a removal that dies at %s loses nothing", async (failPoint) => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "f");
  box.write({ "p/worktrees/f/unsaved": "work" });
  const before = box.fingerprint("p/worktrees/f");
  const died = await box.run("p/main", ["worktree", "remove", "f"], { failPoint });
  expect(died.signal).toBe("SIGKILL");
  if (namesIn(box).includes("f")) expect(read(box, "p/worktrees/f/unsaved")).toBe("work");
  await box.jvs("p/main", "status");
  const isGone = namesIn(box).length === 0;
  expect(await listed(box)).toEqual(isGone ? ["main clean"] : ["f dirty", "main clean"]);
  expect(await logged(box, "worktree-remove")).toBe(isGone ? 1 : 0);
  if (isGone) expect((await box.jvs("p/main", "undo")).exit).toBe(0);
  expect(namesIn(box)).toEqual(["f"]);
  expect(box.fingerprint("p/worktrees/f")).toEqual(before);
  expect((await box.jvs("p/worktrees/f", "snapshot", "saved")).exit).toBe(0);
  await heal(box);
});

test.each(RENAMING)("a rename that dies at %s goes on", async (failPoint) => {
  await using box = await makeProject();
  await box.jvs("p/main", "fork", "--name", "a");
  box.write({ "p/worktrees/a/unsaved": "work" });
  const before = box.fingerprint("p/worktrees/a");
  const died = await box.run("p/main", ["worktree", "rename", "a", "b"], { failPoint });
  expect(died.signal).toBe("SIGKILL");
  await heal(box);
  expect(namesIn(box)).toEqual(["b"]);
  expect(await listed(box)).toEqual(["b dirty", "main clean"]);
  expect(box.fingerprint("p/worktrees/b")).toEqual(before);
  expect(await logged(box, "worktree-rename")).toBe(1);
});

test("what is under way is left alone", async () => {
  await using box = await makeProject();
  const many = Array.from({ length: 3000 }, (_, index) => [`p/main/d${index % 30}/f${index}`, "x"]);
  box.write(Object.fromEntries(many));
  await box.jvs("p/main", "snapshot");
  const forking = box.start("p/main", ["fork", "--name", "f"]);
  const others = [];
  for (let count = 0; count < 10; count++) others.push(await box.jvs("p/main", "status", "-q"));
  expect(others.map(({ exit }) => exit)).toEqual(Array(10).fill(0));
  expect((await forking.ended).exit).toBe(0);
  expect(box.fingerprint("p/worktrees/f")).toEqual(box.fingerprint("p/main"));
  await heal(box);
});
