import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AFTER_RESTORE, BEFORE_RESTORE } from "./kill-points.ts";
import { type KillStage, openKillStage } from "./kill-stage.ts";

describe.each([...BEFORE_RESTORE, ...AFTER_RESTORE])("jvs restore, killed at %s", (failPoint) => {
  const isDone = AFTER_RESTORE.includes(failPoint);

  test("then status", async () => {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "restore", "A");

    const status = await stage.json<{ clean: boolean; head: { note: string } }>("status");
    expect(status).toMatchObject({ clean: isDone, head: { note: isDone ? "A" : "B" } });
    expect(stage.look()).toEqual(isDone ? stage.a : stage.c);
    stage.expectSound();
    if (isDone) await stage.jvs("undo");
    expect(stage.look()).toEqual(stage.c);
  });

  test("then snapshot", async () => {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "restore", "A");

    const { exit } = await stage.box.jvs("w", "snapshot", "D");
    expect(exit, "refused while detached").toBe(isDone ? 1 : 0);
    expect(stage.look()).toEqual(isDone ? stage.a : stage.c);
    stage.expectSound();
  });

  test("then restore", async () => {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "restore", "A");

    await stage.jvs("restore", "B");
    expect(stage.look()).toEqual(stage.b);
    stage.expectSound();
    await stage.jvs("undo");
    if (isDone) await stage.jvs("undo");
    expect(stage.look()).toEqual(stage.c);
  });

  test("then undo", async () => {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "restore", "A");

    await stage.jvs("undo");
    expect(stage.look()).toEqual(stage.c);
    expect(await stage.notes()).toEqual(isDone ? ["B", "A"] : ["A"]);
    stage.expectSound();
  });

  test("what is written after the kill is not lost", async () => {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "restore", "A");
    const mine = writeAfterTheKill(stage);

    await stage.box.jvs("w", "status");
    await stage.box.jvs("w", "restore", "A");
    stage.expectSound();
    for (const text of mine) expect(await stage.isSomewhere(text), text).toBe(true);
    expect(await stage.isSomewhere("unsaved in C")).toBe(true);
  });
});

/** Edits a file that the restore changes, one that it does not, and adds one. */
function writeAfterTheKill({ box }: KillStage): string[] {
  const mine = ["edited after the kill", "the same no more", "added after the kill"];
  const [edited = "", same = "", added = ""] = mine;
  box.write({ "w/edited.txt": edited, "w/same.txt": same, "w/added.txt": added });
  return mine;
}

/** An editor keeps the file open and writes into it, wherever the restore has moved it. */
test.each(["staged", "applying:4", "applying:7", "applied", "restore-finished"])(
  "an edit through an open file survives a kill at %s",
  async (failPoint) => {
    await using stage = await openKillStage();
    const fd = openSync(`${stage.folder}/edited.txt`, "r+");
    await stage.kill(failPoint, "restore", "A");
    writeSync(fd, "written through an open file", 0);
    closeSync(fd);

    await stage.box.jvs("w", "status");
    expect(stage.look().some((line) => line.startsWith("edited.txt "))).toBe(true);
    const isLost = ["applied", "restore-finished"].includes(failPoint);
    if (!isLost) expect(await stage.isSomewhere("written through an open file")).toBe(true);
    stage.expectSound();
  },
);

test.each(["staged", "applying:3", "applied", "after-head", "after-log"])(
  "an undo that was killed at %s is done by the next command",
  async (failPoint) => {
    await using stage = await openKillStage();
    await stage.jvs("restore", "A");
    await stage.kill(failPoint, "undo");

    await stage.jvs("status");
    expect(stage.look()).toEqual(stage.c);
    stage.expectSound();
    await stage.jvs("redo");
    expect(stage.look()).toEqual(stage.a);
    await stage.kill(failPoint, "undo");
    await stage.kill("restore-intent", "redo");
    await stage.jvs("status");
    expect(stage.look()).toEqual(stage.c);
  },
);

test("a command that goes on with a killed restore can be killed, too", async () => {
  await using stage = await openKillStage();
  await stage.kill("applying:2", "restore", "A");
  await stage.kill("staged", "status");
  await stage.kill("applying:2", "status");
  await stage.kill("after-log", "status");

  await stage.jvs("status");
  expect(stage.look()).toEqual(stage.a);
  stage.expectSound();
  await stage.jvs("undo");
  expect(stage.look()).toEqual(stage.c);
});

test("a restore of single paths that was killed touches only those", async () => {
  await using stage = await openKillStage();
  await stage.kill("applying", "restore", "A", "--", "edited.txt", "becomes-folder");
  appendFileSync(`${stage.folder}/new-in-c.txt`, ", and more");

  await stage.box.jvs("w", "status");
  stage.expectSound();
  const lines = stage.look();
  for (const path of ["edited.txt ", "becomes-folder "])
    expect(lines.find((line) => line.startsWith(path))).toBe(
      stage.a.find((line) => line.startsWith(path)),
    );
  expect(await stage.isSomewhere("unsaved in C, and more")).toBe(true);
  expect(await stage.notes()).toEqual(["B", "A"]);
});

test("a restore that gives up unsaved work is finished as it was meant", async () => {
  await using stage = await openKillStage();
  await stage.kill("applying:3", "restore", "A", "--discard");

  await stage.jvs("status");
  expect(stage.look()).toEqual(stage.a);
  stage.expectSound();
});
