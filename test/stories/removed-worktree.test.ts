import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runInProcess } from "../in-process.ts";

const DAY = 86_400_000;

interface Story extends Disposable {
  /** Runs jvs in a folder of the project, so many days from now. */
  at(
    days: number,
    folder: string,
    ...argv: string[]
  ): Promise<{ exit: number; out: string; err: string }>;
  write(name: string, text: string): void;
  read(name: string): string;
}

/** A fork with three snapshots of ten days ago, removed today; since then something else was done in main. */
async function openStory(): Promise<Story> {
  const root = mkdtempSync(join(tmpdir(), "jvs-story-"));
  const story: Story = {
    at: (days, folder, ...argv) =>
      runInProcess(join(root, folder), argv, { now: () => new Date(Date.now() + days * DAY) }),
    write: (name, text) => writeFileSync(join(root, name), text),
    read: (name) => readFileSync(join(root, name), "utf8"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
  await story.at(-10, "", "init", "p");
  story.write("p/main/a", "1");
  await story.at(-10, "p/main", "snapshot", "base");
  await story.at(-10, "p/main", "fork", "--name", "f");
  for (const note of ["f1", "f2", "f3"]) {
    story.write("p/worktrees/f/a", note);
    await story.at(-10, "p/worktrees/f", "snapshot", note);
  }
  // As if the log had been written then, too: it takes its times from the clock.
  const log = join(root, "p/.jvs/audit/audit.jsonl");
  const old = new Date(Date.now() - 10 * DAY).toISOString();
  writeFileSync(
    log,
    story.read("p/.jvs/audit/audit.jsonl").replace(/"timestamp":"[^"]*"/g, `"timestamp":"${old}"`),
  );
  expect((await story.at(0, "p/main", "worktree", "remove", "f")).exit).toBe(0);
  story.write("p/main/a", "2");
  await story.at(0, "p/main", "snapshot", "later");
  return story;
}

async function notesIn(story: Story, folder: string): Promise<string[]> {
  const { out } = await story.at(0, folder, "history", "--json");
  return (JSON.parse(out) as { note: string }[]).map(({ note }) => note);
}

test("for seven days a removed worktree comes back with its whole history, whatever gc did", async () => {
  using story = await openStory();
  expect((await story.at(6, "p/main", "gc", "--now")).exit).toBe(0);
  for (let step = 0; step < 2; step++) expect((await story.at(6, "p/main", "undo")).exit).toBe(0);
  expect(story.read("p/worktrees/f/a")).toBe("f3");
  expect(await notesIn(story, "p/worktrees/f")).toEqual(["f3", "f2", "f1", "base"]);
});

test("later it does as long as nothing else was done since", async () => {
  using story = await openStory();
  await story.at(0, "p/main", "undo");
  expect((await story.at(100, "p/main", "gc", "--now")).exit).toBe(0);
  expect((await story.at(100, "p/main", "undo")).exit).toBe(0);
  expect(await notesIn(story, "p/worktrees/f")).toEqual(["f3", "f2", "f1", "base"]);
});

test("then gc removes what only it had, and undo says why it cannot go on", async () => {
  using story = await openStory();
  const before = await story.at(8, "p/main", "gc", "plan", "--json");
  expect(JSON.parse(before.out).to_delete).toHaveLength(3);
  expect((await story.at(8, "p/main", "gc", "--now")).exit).toBe(0);
  await story.at(8, "p/main", "undo");
  const { exit, err } = await story.at(8, "p/main", "undo");
  expect(exit).toBe(1);
  expect(err).toMatch(
    /Cannot undo operation \d+ \(worktree-remove\): snapshot [0-9a-f]{8} was removed/,
  );
});
