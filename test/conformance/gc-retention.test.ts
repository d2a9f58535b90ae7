import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listIds, makeHistory, type Plan, setRepoJson } from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

test("rules that make no sense stop gc", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 3);
  for (const retention of [
    { keep_lots: 1 },
    { manual: { keep_last: -1 } },
    { keep_within: "soon" },
    [],
  ]) {
    setRepoJson(box, { retention });
    expect(await box.jvs("w", "gc", "--now")).toMatchObject({
      exit: 1,
      err: expect.stringContaining("repo.json"),
    });
  }
  expect(listIds(box)).toEqual(ids);
});

test("retention in the settings is obeyed (RE-01), rule by rule before what repo.json says", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  const doomed = async (): Promise<string[]> =>
    (await box.json<Plan>("w", "gc", "--dry-run")).to_delete;
  writeFileSync(box.path("w/.jvs/config.yaml"), "retention:\n  keep: 1\n");
  expect(await doomed()).toEqual(ids.slice(0, 2));
  writeFileSync(box.path("w/.jvs/config.yaml"), "retention:\n  keep: 1\n  within: 30d\n");
  expect(await doomed()).toEqual([]);
  setRepoJson(box, { retention: { keep_last: 3 } });
  expect(await doomed()).toEqual([]);
  writeFileSync(box.path("w/.jvs/config.yaml"), "retention:\n  keep: 1\n");
  expect(await doomed()).toEqual(ids.slice(0, 2));
  await box.ok("w", "config", "unset", "retention.keep");
  expect(await doomed()).toEqual(ids.slice(0, 1));
  setRepoJson(box, { retention: {} });
  writeFileSync(box.path("w/.jvs/config.yaml"), "retention:\n  within: soon\n");
  expect((await box.jvs("w", "gc", "--now")).exit).toBe(1);
});

test("retention is set by command: for both kinds, for one, by the user for all repositories", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  const doomed = async (): Promise<string[]> =>
    (await box.json<Plan>("w", "gc", "--dry-run")).to_delete;
  await box.ok("w", "config", "set", "retention.keep_last", "1", "--global");
  expect(await doomed()).toEqual(ids.slice(0, 2));
  // Where the repository says anything itself, it says all.
  await box.ok("w", "config", "set", "retention.auto.keep_last", "5");
  expect(await doomed()).toEqual([]);
  await box.ok("w", "config", "set", "retention.manual.keep_last", "3");
  expect(await doomed()).toEqual(ids.slice(0, 1));
  expect((await box.jvs("w", "undo")).exit).toBe(0);
  expect(await doomed()).toEqual([]);
  expect((await box.jvs("w", "redo")).exit).toBe(0);
  await box.ok("w", "config", "set", "retention.manual.keep_within", "4w");
  expect(await doomed()).toEqual([]);
});
