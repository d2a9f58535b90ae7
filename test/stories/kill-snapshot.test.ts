import { describe, expect, test } from "vitest";
import { AFTER_SNAPSHOT, BEFORE_SNAPSHOT } from "./kill-points.ts";
import { openKillStage } from "./kill-stage.ts";

describe.each([...BEFORE_SNAPSHOT, ...AFTER_SNAPSHOT])(
  "jvs snapshot, killed at %s",
  (failPoint) => {
    const isThere = AFTER_SNAPSHOT.includes(failPoint);
    const notes = isThere ? ["C", "B", "A"] : ["B", "A"];

    test("then status", async () => {
      await using stage = await openKillStage();
      await stage.kill(failPoint, "snapshot", "C");

      const status = await stage.json<{ clean: boolean; head: { note: string } }>("status");
      expect(status).toMatchObject({ clean: isThere, head: { note: notes[0] } });
      expect(stage.look()).toEqual(stage.c);
      stage.expectSound();
      expect(await stage.notes()).toEqual(notes);
    });

    test("then another snapshot, and back to each", async () => {
      await using stage = await openKillStage();
      await stage.kill(failPoint, "snapshot", "C");

      await stage.jvs("snapshot", "D");
      stage.expectSound();
      expect(await stage.notes()).toEqual(["D", ...notes]);
      await stage.jvs("restore", "A");
      expect(stage.look()).toEqual(stage.a);
      await stage.jvs("restore", "D");
      expect(stage.look()).toEqual(stage.c);
      await stage.jvs("restore", "B");
      expect(stage.look()).toEqual(stage.b);
    });

    test("then restore, which keeps what was unsaved", async () => {
      await using stage = await openKillStage();
      await stage.kill(failPoint, "snapshot", "C");

      await stage.jvs("restore", "A");
      expect(stage.look()).toEqual(stage.a);
      stage.expectSound();
      await stage.jvs("undo");
      expect(stage.look()).toEqual(stage.c);
    });

    test("then undo, which takes back what the log tells of", async () => {
      await using stage = await openKillStage();
      await stage.kill(failPoint, "snapshot", "C");

      await stage.jvs("undo");
      stage.expectSound();
      expect(stage.look(), "files stay").toEqual(stage.c);
      expect(await stage.notes()).toEqual(notes.slice(1));
    });
  },
);

test("work done after the kill is in the next snapshot", async () => {
  for (const failPoint of ["step-9", "after-publish"]) {
    await using stage = await openKillStage();
    await stage.kill(failPoint, "snapshot", "C");
    stage.box.write({ "w/edited.txt": "D", "w/new-in-d.txt": "more" });
    const d = stage.look();

    await stage.jvs("snapshot", "D");
    await stage.jvs("restore", "B");
    await stage.jvs("restore", "HEAD");
    expect(stage.look()).toEqual(d);
  }
});

test("a snapshot that is killed twice", async () => {
  await using stage = await openKillStage();
  await stage.kill("step-10", "snapshot", "C");
  await stage.kill("after-head", "snapshot", "C");

  expect(await stage.notes()).toEqual(["C", "B", "A"]);
  stage.expectSound();
});
