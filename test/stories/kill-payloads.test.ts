import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { BEFORE_SNAPSHOT } from "./kill-points.ts";
import { type KillStage, openKillStage } from "./kill-stage.ts";

/** Snapshots are folders from now on. */
async function openFolderStage(): Promise<KillStage> {
  const stage = await openKillStage();
  await stage.jvs("config", "set", "default_engine", "copy");
  return stage;
}

function folders({ folder }: KillStage): string[] {
  return readdirSync(`${folder}/.jvs/snapshots`);
}

test.each(["slot-filled", ...BEFORE_SNAPSHOT])(
  "a snapshot as a folder, killed at %s, leaves none",
  async (failPoint) => {
    await using stage = await openFolderStage();
    await stage.kill(failPoint, "snapshot", "C");
    await stage.jvs("status");
    expect(folders(stage)).toEqual([]);
    expect(await stage.notes()).toEqual(["B", "A"]);

    await stage.jvs("snapshot", "D");
    await stage.jvs("restore", "A");
    expect(stage.look()).toEqual(stage.a);
    await stage.jvs("restore", "D");
    expect(stage.look()).toEqual(stage.c);
    await stage.jvs("verify", "--all");
  },
);

test("a gc killed while it removes folders of snapshots: the next one removes the rest", async () => {
  await using stage = await openFolderStage();
  await stage.jvs("snapshot", "C");
  stage.box.write({ "w/edited.txt": "D" });
  await stage.jvs("snapshot", "D");
  await stage.jvs("snapshot", "E");
  await stage.jvs("config", "set", "retention.keep_last", "1");
  await stage.kill("gc-payload", "gc", "--now");
  expect(folders(stage)).toHaveLength(3);

  await stage.jvs("verify", "--all");
  await stage.jvs("gc", "--now");
  expect(folders(stage)).toHaveLength(1);
  await stage.jvs("doctor", "--strict");
  await stage.jvs("restore", "HEAD");
});
