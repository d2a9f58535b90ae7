import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import {
  expectWhole,
  KEEP_ONE,
  listIds,
  makeHistory,
  noise,
  type Plan,
  setRepoJson,
} from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

test("a snapshot that builds on garbage and gc exclude each other", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  setRepoJson(box, { retention: KEEP_ONE });
  const plan = await box.json<Plan>("w", "gc", "plan");
  // The running snapshot finds the content of the first one in the store, and counts on it.
  box.write({ "w/own": noise(1), "w/slow": noise(9, 40_000_000) });
  for (let round = 0; round < 3; round++) {
    box.write({ "w/slow": noise(10 + round, 20_000_000) });
    const [snapshot, gc] = await Promise.all([
      box.jvs("w", "snapshot", `during ${round}`),
      new Promise((resolve) => setTimeout(resolve, 40 * round)).then(() =>
        round === 0
          ? box.jvs("w", "gc", "run", "--plan-id", plan.plan_id)
          : box.jvs("w", "gc", "--now"),
      ),
    ]);
    expect(snapshot, snapshot.err).toMatchObject({ exit: 0 });
    expect(gc, gc.err).toMatchObject({ exit: 0 });
    await expectWhole(box);
  }
  expect(listIds(box)).not.toContain(ids[0]);
});

test("gc waits for a running snapshot, and says so when it may not wait", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 3);
  setRepoJson(box, { retention: KEEP_ONE });
  const lock = box.path("w/.jvs/locks/store.lock");
  const holder = spawn("flock", ["-s", "-o", lock, "sleep", "30"]);
  try {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const env = { JVS_LOCK_TIMEOUT: "200" };
    const stopped = await box.run("w", ["gc", "--now"], { env });
    expect(stopped).toMatchObject({ exit: 11, err: expect.stringContaining("stored content") });
    expect(listIds(box)).toHaveLength(3);
    // Snapshots share the lock.
    box.write({ "w/more": "x" });
    expect((await box.run("w", ["snapshot"], { env })).exit).toBe(0);
  } finally {
    holder.kill("SIGKILL");
  }
});

test("gc sweeps nothing that a snapshot under way has found in the store", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  setRepoJson(box, { retention: KEEP_ONE });
  box.write({ "w/own": noise(1), "w/slow": noise(9, 60_000_000) });
  const running = box.start("w", ["snapshot", "counts on the first"]);
  while (readdirSync(box.path("w/.jvs/intents")).length === 0) await sleep(1);
  running.kill("SIGSTOP");

  const stopped = await box.run("w", ["gc", "--now"], { env: { JVS_LOCK_TIMEOUT: "300" } });
  expect(stopped.exit, stopped.err).toBe(11);
  expect(listIds(box)).toEqual(ids);
  running.kill("SIGCONT");
  expect((await running.ended).exit).toBe(0);
  expect((await box.jvs("w", "gc", "--now")).exit).toBe(0);
  expect(listIds(box)).not.toContain(ids[0]);
  await expectWhole(box);
});

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
