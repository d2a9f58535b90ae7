import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readWorktree } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

async function start(): Promise<Sandbox> {
  const box = makeSandbox({ "w/a.txt": "0" });
  await box.ok("w", "init");
  for (const note of ["one", "two", "three"]) await save(box, note);
  return box;
}

async function save(box: Sandbox, note: string): Promise<void> {
  box.write({ "w/a.txt": note });
  await box.ok("w", "snapshot", note);
}

/** What a power cut does to lines that had not reached the disk. */
function cutLog(box: Sandbox, lines = 1): void {
  const path = box.path("w/.jvs/audit/audit.jsonl");
  const kept = readFileSync(path, "utf8").trimEnd().split("\n").slice(0, -lines);
  writeFileSync(path, kept.map((line) => `${line}\n`).join(""));
}

async function expectRefused(box: Sandbox, command: "undo" | "redo"): Promise<void> {
  const before = readWorktree(box.path("w"));
  const { exit, out, err } = await box.jvs("w", command);
  expect({ exit, out }).toEqual({ exit: 12, out: "" });
  expect(err).toMatch(/the head of worktree 'main' is snapshot \w+, and the log left it at/);
  expect(err).toContain("jvs restore <ref>");
  expect(readWorktree(box.path("w"))).toEqual(before);
}

async function notes(box: Sandbox): Promise<string[]> {
  return (await box.json<{ note: string }[]>("w", "history")).map(({ note }) => note);
}

test.each([false, true])(
  "a snapshot that the log does not tell of is not dropped by undo (repaired: %s)",
  async (isRepaired) => {
    await using box = await start();
    cutLog(box);
    if (isRepaired) await box.ok("w", "doctor", "--repair");
    await expectRefused(box, "undo");

    await save(box, "four");
    await box.ok("w", "undo");
    expect(await notes(box)).toEqual(["three", "two", "one"]);
    await expectRefused(box, "undo");

    // The way out that the hint names.
    await box.ok("w", "restore", "two");
    await box.ok("w", "undo");
    expect(await notes(box)).toEqual(["three", "two", "one"]);
  },
);

test("a snapshot that the log does not tell of is not dropped by redo", async () => {
  await using box = await start();
  await box.ok("w", "undo");
  await save(box, "else");
  cutLog(box);
  await expectRefused(box, "redo");
});

test("a restore and a snapshot that the log lost: nothing is dropped", async () => {
  await using box = await start();
  await box.ok("w", "restore", "one");
  cutLog(box, 2);
  await expectRefused(box, "undo");
});

test("a fork with snapshots that the log does not tell of is not taken away by undo", async () => {
  await using box = await start();
  await box.ok("w", "fork", "HEAD", "f", "--path", "../f");
  box.write({ "f/a.txt": "forked" });
  await box.ok("f", "snapshot", "forked");
  cutLog(box);
  const { exit, err } = await box.jvs("w", "undo");
  expect({ exit, err }).toEqual({
    exit: 12,
    err: expect.stringContaining("the head of worktree 'f' is"),
  });
  expect(await box.ok("f", "history")).toContain("forked");
});
