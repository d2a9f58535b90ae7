import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  expectWhole,
  makeHistory,
  noise,
  objectBytes,
  type Snapshot,
  setRepoJson,
} from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

test("automatic snapshots make room by themselves", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  setRepoJson(box, { limits: { auto_max_count: 3 } });
  const ids: string[] = [];
  for (let at = 0; at < 8; at++) {
    box.write({ "w/auto": `${at}` });
    ids.push((await box.json<Snapshot>("w", "snapshot", "--auto")).snapshot_id);
    if (at === 2) await box.jvs("w", "pin", "add", ids[2] as string);
  }
  const autos = await box.json<Snapshot[]>("w", "history", "--kind", "auto");
  expect(autos.map(({ snapshot_id }) => snapshot_id)).toEqual([...ids.slice(5).reverse(), ids[2]]);
  expect((await box.jvs("w", "history")).out).toContain("s1");
  await expectWhole(box);

  appendFileSync(box.path("w/.jvs/cache/auto-snapshots"), "garbage\n");
  setRepoJson(box, { limits: { auto_max_bytes: "1B" } });
  box.write({ "w/auto": noise(3) });
  await box.jvs("w", "snapshot", "--auto");
  expect(await box.json<Snapshot[]>("w", "history", "--kind", "auto")).toHaveLength(3);
  expect((await box.jvs("w", "undo")).exit).toBe(0);
});

const KILLS = [
  "after-publish",
  "after-head",
  "after-log",
  "step-12",
  "after-intent",
  "limits-tombstones",
  "gc-removed",
  "limits-removed",
];

test.each(KILLS)("a kill at %s loses nothing, and leaves none too many", async (failPoint) => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  await box.ok("w", "config", "set", "limits.auto_max_count", "2");
  const ids: string[] = [];
  const take = async (): Promise<void> => {
    box.write({ "w/auto": `${ids.length}` });
    ids.push((await box.json<Snapshot>("w", "snapshot", "--auto")).snapshot_id);
  };
  for (let at = 0; at < 3; at++) await take();
  box.write({ "w/auto": "killed" });
  const killed = await box.run("w", ["snapshot", "--auto"], { failPoint });
  expect(killed.signal).toBe("SIGKILL");

  await take();
  await take();
  const autos = await box.json<Snapshot[]>("w", "history", "--kind", "auto");
  expect(autos.map(({ snapshot_id }) => snapshot_id)).toEqual(ids.slice(-2).reverse());
  await expectWhole(box);
});

test("what they leave is swept by itself: hooks never fill a disk", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 2);
  await box.jvs("w", "fork", "f1");
  const before = objectBytes(box);
  const limit = 100_000;
  const content = 30_000;
  setRepoJson(box, { limits: { auto_max_bytes: limit } });
  for (let at = 0; at < 40; at++) {
    box.write({ "w/auto": noise(100 + at, content) });
    expect(await box.ok("w", "snapshot", "--auto")).toContain("Created snapshot");
    expect(objectBytes(box) - before).toBeLessThan(2 * limit + 2 * content);
  }
  await expectWhole(box);
  expect((await box.jvs("w", "doctor", "--strict")).exit).toBe(0);
  expect((await box.jvs("w", "undo")).exit).toBe(0);
  expect((await box.jvs("w", "redo")).exit).toBe(0);

  // What was dropped since then goes with gc, without any time of grace.
  await box.ok("w", "snapshot", "last");
  await box.ok("w", "gc", "--now");
  const kept = await box.json<Snapshot[]>("w", "history", "--all");
  expect(objectBytes(box) - before).toBeLessThan(kept.length * (content + 5000));
});

test.each(["gc-marked", "gc-dropped", "gc-copied", "gc-published", "gc-swept"])(
  "a kill at %s, while a hook sweeps, loses nothing",
  async (failPoint) => {
    await using box = makeSandbox();
    await makeHistory(box, 2);
    setRepoJson(box, { limits: { auto_max_bytes: 50_000 } });
    let killed = 0;
    for (let at = 0; at < 8; at++) {
      box.write({ "w/auto": noise(100 + at), [`w/kept${at}`]: `${at}\n` });
      const { signal } = await box.run("w", ["snapshot", "--auto"], { failPoint });
      if (signal === "SIGKILL") killed++;
      await expectWhole(box);
    }
    expect(killed).toBeGreaterThan(0);
    for (let at = 8; at < 14; at++) {
      box.write({ "w/auto": noise(100 + at) });
      await box.ok("w", "snapshot", "--auto");
    }
    await expectWhole(box);
    expect((await box.jvs("w", "doctor", "--strict")).exit).toBe(0);
    expect(objectBytes(box)).toBeLessThan(500_000);
  },
);
