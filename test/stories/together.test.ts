import { existsSync, readFileSync, truncateSync } from "node:fs";
import { expect, test } from "vitest";
import { findFaults, readDescriptors, readLog } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

test("CC-01 eight snapshots at once make one lineage", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, index) => box.jvs("w", "snapshot", `n${index}`)),
  );

  expect(all.map(({ exit, err }) => ({ exit, err }))).toEqual(Array(8).fill({ exit: 0, err: "" }));
  const history = await box.json<{ note: string }[]>("w", "history");
  expect(history.map(({ note }) => note).sort()).toEqual(all.map((_, index) => `n${index}`));
  const parents = readDescriptors(box.path("w")).map(({ parent_id }) => parent_id);
  expect(new Set(parents).size, "no two have one parent").toBe(8);
  expect(readLog(box.path("w")).length).toBe(9);
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("CC-02 readers and writers at once", async () => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/b.txt": "b" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "first");
  const commands = [
    ["status"],
    ["snapshot", "x"],
    ["history"],
    ["restore", "HEAD"],
    ["diff", "HEAD"],
  ];
  const all = await Promise.all(
    Array.from({ length: 15 }, (_, index) => box.jvs("w", ...(commands[index % 5] as string[]))),
  );

  expect(all.map(({ exit, err }) => `${exit} ${err}`)).toEqual(Array(15).fill("0 "));
  expect(findFaults(box.path("w"))).toEqual([]);
  expect(await box.json("w", "status")).toMatchObject({ clean: true });
});

test("a lock that stays taken names who holds it; readers need none", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  truncateSync(box.path("w/a.txt"), 4e9); // Long to read, and nothing to store.
  const holder = box.start("w", ["snapshot", "the slow one"]);
  const lock = box.path("w/.jvs/locks/worktree.main.lock");
  await waitFor(() => readFileSync(lock, "utf8").includes("\n"), lock);
  holder.kill("SIGSTOP");

  const { exit, err } = await box.run("w", ["snapshot"], { env: { JVS_LOCK_TIMEOUT: "50" } });
  expect(exit).toBe(11);
  expect(err).toMatch(new RegExp(`process ${holder.pid} of ada on .* \\(snapshot\\) .* \\d+ s\\n`));
  expect(await box.ok("w", "history")).toBe("No snapshots yet.\n");
  holder.kill("SIGKILL");
  await holder.ended;
  truncateSync(box.path("w/a.txt"), 10);
  await box.ok("w", "snapshot", "CR-01 a dead holder is recognised at once");
  expect(findFaults(box.path("w"))).toEqual([]);
});

async function waitFor(isSo: () => boolean, file: string): Promise<void> {
  while (!existsSync(file) || !isSo()) await Bun.sleep(2);
}
