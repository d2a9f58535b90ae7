import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  age,
  expectWhole,
  KEEP_ONE,
  listIds,
  makeHistory,
  noise,
  objectBytes,
  type Plan,
  type Snapshot,
  setRepoJson,
} from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

test("unrecorded content gets time; then it goes (DL-18, CC-04)", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  const before = objectBytes(box);
  box.write({ "w/lost": noise(5, 90_000) });
  const killed = await box.run("w", ["snapshot"], { failPoint: "before-publish" });
  expect(killed.signal).toBe("SIGKILL");
  await box.jvs("w", "status");
  expect(objectBytes(box)).toBeGreaterThan(before + 80_000);

  await box.jvs("w", "gc", "--now");
  expect(objectBytes(box)).toBeGreaterThan(before + 80_000);
  age(box, 1);
  await box.jvs("w", "gc", "--now");
  expect(objectBytes(box)).toBeLessThanOrEqual(before);
  await box.jvs("w", "snapshot");
  await expectWhole(box);
});

test("gc clears what killed commands left in drafts (CC-03)", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  box.write({ "w/lost": noise(5, 90_000) });
  await box.run("w", ["snapshot"], { failPoint: "step-9" });
  expect(readdirSync(box.path("w/.jvs/drafts"))).toHaveLength(1);

  await box.jvs("w", "gc", "--now");
  expect(readdirSync(box.path("w/.jvs/drafts"))).toEqual([]);
  expect(readdirSync(box.path("w/.jvs/intents"))).toEqual([]);
});

test("content that gc swept is stored again: no cache says that it is there", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  box.write({ "w/big": noise(42, 3_000_000) });
  const gone = await box.json<Snapshot>("w", "snapshot", "gone");
  await box.jvs("w", "undo"); // The index still says that `big` is stored.
  const log = box.path("w/.jvs/audit/audit.jsonl");
  writeFileSync(
    log,
    readFileSync(log, "utf8").replaceAll(/"timestamp":"\d{4}/g, '"timestamp":"2001'),
  );
  const plan = await box.json<Plan>("w", "gc", "plan");
  expect(plan.to_delete).toEqual([gone.snapshot_id]);
  expect(plan.deletable_bytes_estimate).toBeGreaterThan(2_900_000);
  await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id);
  await box.jvs("w", "status");

  expect((await box.jvs("w", "snapshot", "again")).exit).toBe(0);
  await expectWhole(box);
});

const POINTS = [
  "gc-marked",
  "gc-begun",
  "gc-tombstones",
  "gc-logged",
  "gc-removed",
  "gc-removed:2",
  "gc-unlinked",
  "gc-copied",
  "gc-published",
  "gc-replaced",
  "gc-replaced:2",
  "gc-step",
  "gc-swept",
];

test.each(POINTS)(
  "killed at %s it loses nothing, and the next run does the rest",
  async (point) => {
    await using box = makeSandbox();
    const ids = await makeHistory(box, 5);
    setRepoJson(box, { retention: KEEP_ONE });
    const plan = await box.json<Plan>("w", "gc", "plan");
    const run = ["gc", "run", "--plan-id", plan.plan_id];

    expect((await box.run("w", run, { failPoint: point })).signal).toBe("SIGKILL");
    await expectWhole(box);
    box.write({ "w/own": noise(1) }); // What the first snapshot held, half swept perhaps.
    const { snapshot_id } = await box.json<Snapshot>("w", "snapshot", "between");
    await expectWhole(box);

    expect((await box.jvs("w", ...run)).exit).toBe(0);
    await expectWhole(box);
    expect(listIds(box)).toEqual([...ids.slice(3), snapshot_id]);
    const log = await box.json<{ operation: string }[]>("w", "operations", "-n", "0");
    expect(log.filter(({ operation }) => operation === "gc")).toHaveLength(1);
    const size = objectBytes(box);
    await box.jvs("w", "gc", "--now");
    expect(objectBytes(box)).toBeLessThanOrEqual(size);
  },
);

test("killed at any moment, over and over, it loses nothing", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 12);
  setRepoJson(box, { retention: { manual: { keep_last: 2 } } });
  for (let round = 0; round < 25; round++) {
    box.write({ "w/own": noise(100 + (round % 7)), "w/n": `${round}` });
    await box.jvs("w", "snapshot", `r${round}`);
    const running = box.start("w", ["gc", "--now"]);
    const timer = setTimeout(() => running.kill("SIGKILL"), 5 + round * 3);
    await running.ended;
    clearTimeout(timer);
    if (round % 5 === 4) await expectWhole(box);
  }
  await expectWhole(box);
  expect((await box.jvs("w", "gc", "--now")).exit).toBe(0);
  expect(listIds(box).length).toBeLessThanOrEqual(3);
  await expectWhole(box);
  expect((await box.jvs("w", "status")).exit).toBe(0);
});
