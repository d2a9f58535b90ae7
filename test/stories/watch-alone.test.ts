import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";
import { makeWatched, type Report } from "../watched.ts";

test("it ends by itself: when nobody asks, and when the repository goes", async () => {
  await using watched = await makeWatched(["--idle", "1s"]);
  const { pid } = (await watched.report()) as Report;
  await isGone(pid);
  await watched.box.ok("w", "watch", "start");
  expect(await watched.report()).not.toBeNull();
  const log = readFileSync(watched.box.path("w/.jvs/cache/watch.log"), "utf8");
  expect(log).toContain("stopped watching");
  const next = (await watched.report()) as Report;
  rmSync(watched.box.path("w"), { recursive: true });
  await isGone(next.pid);
});

test("it ends when it is told to, without a complaint", async () => {
  await using watched = await makeWatched([]);
  const { pid } = (await watched.report()) as Report;
  await watched.box.ok("w", "watch", "stop");
  await isGone(pid);
  const log = readFileSync(watched.box.path("w/.jvs/cache/watch.log"), "utf8");
  expect(log).toContain("stopped watching");
  expect(log).not.toContain("jvs:");
});

async function isGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 1000 && existsSync(`/proc/${pid}`); tries++) await Bun.sleep(10);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
}

test("automatic snapshots, only when something changed, and not while another command is at work", async () => {
  await using watched = await makeWatched(["--every", "1s", "--if-changed"]);
  const { box } = watched;
  const log = join(box.path("w"), ".jvs/cache/watch.log");
  const has = async (text: string): Promise<void> => {
    for (let tries = 0; tries < 1500 && !readFileSync(log, "utf8").includes(text); tries++)
      await Bun.sleep(10);
    expect(readFileSync(log, "utf8")).toContain(text);
  };
  await has("Nothing to snapshot");
  const quiet = readFileSync(log, "utf8").length;
  await Bun.sleep(2500);
  expect(readFileSync(log, "utf8").length).toBe(quiet); // No process was even started.
  appendFileSync(box.path("w/d1/f1"), "more");
  await has("Created snapshot");
  const snapshots = await box.json<unknown[]>("w", "history", "--kind", "auto");
  expect(snapshots).toHaveLength(1);
  const lock = Bun.spawn(["flock", box.path("w/.jvs/locks/worktree.main.lock"), "sleep", "4"]);
  appendFileSync(box.path("w/d1/f1"), "more");
  await has("another command is at work");
  lock.kill();
});

test("with `watch: auto` the first command starts it, where the workspace is large", async () => {
  const many = Array.from({ length: 5100 }, (_, index) => [`w/d${index % 50}/f${index}`, ""]);
  await using box = makeSandbox(Object.fromEntries(many));
  await box.jvs("w", "init");
  await box.ok("w", "config", "set", "watch", "auto");
  await box.jvs("w", "snapshot");
  try {
    for (let tries = 0; tries < 500; tries++) {
      if ((await box.json<Report | null>("w", "watch", "status")) !== null) return;
      await Bun.sleep(10);
    }
    throw new Error("nothing was started");
  } finally {
    await box.jvs("w", "watch", "stop");
  }
});
