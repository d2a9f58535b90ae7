import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import {
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

test("with no rules everything that leads to a head is kept, whatever the workspace stands on (DL-03)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 3);
  await box.jvs("w", "restore", ids[0] as string);

  const plan = await box.json<Plan>("w", "gc", "plan");
  expect(plan).toMatchObject({ protected_set: ids, to_delete: [], candidate_count: 0 });
  expect(plan.deletable_bytes_estimate).toBe(0);
  expect((await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id)).exit).toBe(0);
  expect((await box.jvs("w", "restore", "HEAD")).exit).toBe(0);
  expect((await box.jvs("w", "history")).out).toContain("s3  [HEAD]");
});

test("a plan in words and as JSON, its keys in the order that scripts know (RE-01)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 3);
  setRepoJson(box, { retention: KEEP_ONE });

  const { out } = await box.jvs("w", "gc", "plan");
  const id = /^GC Plan: (\S+)$/m.exec(out)?.[1];
  expect(out).toContain("\n  Protected by lineage: 2 snapshots\n  Protected by pin: 0 snapshots\n");
  expect(out).toMatch(/\n {2}To delete: 1 snapshots\n {2}Estimated reclaim: ~0 MB/);
  expect(out).toContain(`${ids[0]?.slice(14)}  no retention rule keeps it`);
  expect(out.endsWith(`\n\nRun: jvs gc run --plan-id ${id}\n`)).toBe(true);

  const plan = await box.json<Plan>("w", "gc", "plan");
  expect(Object.keys(plan).slice(0, 10)).toEqual([
    "plan_id",
    "created_at",
    "protected_set",
    "protected_by_pin",
    "protected_by_lineage",
    "protected_by_retention",
    "candidate_count",
    "to_delete",
    "deletable_bytes_estimate",
    "retention_policy",
  ]);
  expect(plan.reasons.map(({ reason }) => reason)).toEqual([
    "no retention rule keeps it",
    "the next undo in main needs it",
    "head of main",
  ]);
  expect(plan.to_delete).toEqual([ids[0]]);
});

test("frees to the byte what it promised, and the history leads past what is gone (RE-03)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 6);
  setRepoJson(box, { retention: KEEP_ONE });
  const before = objectBytes(box);
  const plan = await box.json<Plan>("w", "gc", "plan");
  expect(objectBytes(box)).toBe(before);
  expect(plan.to_delete).toEqual(ids.slice(0, 4));

  const ran = await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id);
  expect(ran).toMatchObject({ exit: 0, err: "" });
  expect(ran.out.startsWith("GC completed successfully.\n")).toBe(true);
  expect(before - objectBytes(box)).toBe(plan.deletable_bytes_estimate);
  expect(plan.deletable_bytes_estimate).toBeGreaterThan(4 * 30_000);
  expect(listIds(box)).toEqual(ids.slice(4));
  await expectWhole(box);

  const history = await box.jvs("w", "history");
  expect(history).toMatchObject({ exit: 0, err: "" });
  expect((await box.jvs("w", "show", "HEAD~1")).exit).toBe(0);
  expect((await box.jvs("w", "restore", ids[4] as string)).exit).toBe(0);
  expect((await box.jvs("w", "history")).out).toContain("s5");
  expect(existsSync(box.path(`w/.jvs/gc/plans/${plan.plan_id}.json`))).toBe(false);
  const log = await box.json<{ operation: string }[]>("w", "operations", "-n", "0");
  expect(log.filter(({ operation }) => operation === "gc")).toHaveLength(1);
});

test("history goes over a gap in the middle", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 5);
  await box.jvs("w", "pin", "add", ids[0] as string);
  setRepoJson(box, { retention: KEEP_ONE });
  await box.jvs("w", "gc", "--now");

  expect(listIds(box)).toEqual([ids[0], ids[4]]);
  const history = await box.jvs("w", "history");
  expect(history.err).toBe("");
  expect(history.out).toMatch(/s5 {2}\[HEAD\]\n.*\n.*s1\n$/);
  expect((await box.jvs("w", "show", "HEAD~1")).out).toContain("s1");
});

test("tags keep, unless a rule names those that do; the plan says so (DL-05)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 5);
  await box.jvs("w", "tag", "add", ids[0] as string, "v1.0");
  await box.jvs("w", "tag", "add", ids[1] as string, "wip");
  await box.jvs("w", "tag", "add", ids[4] as string, "last");
  setRepoJson(box, { retention: KEEP_ONE });
  const first = await box.json<Plan>("w", "gc", "--dry-run");
  expect(first.to_delete).toEqual([ids[2], ids[3]]);
  expect(first.reasons[0]).toEqual({ snapshot: ids[0], keep: true, reason: "tagged v1.0" });

  setRepoJson(box, { retention: { keep_last: 1, keep_tags: ["v*"] } });
  const second = await box.json<Plan>("w", "gc", "--dry-run");
  expect(second.to_delete).toEqual(ids.slice(1, 4));
  expect(second.reasons[0]?.reason).toBe("retention: keep_tags");
  expect(existsSync(box.path("w/.jvs/gc/plans"))).toBe(true);
  expect(readdirSync(box.path("w/.jvs/gc/plans"))).toEqual([]);
});

test("pins keep until they expire (DL-04)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  await box.jvs("w", "pin", "add", ids[1] as string, "--reason", "shipped");
  await box.jvs("w", "pin", "add", ids[0] as string, "--expires", "1s");
  await box.jvs("w", "pin", "add", ids[3] as string);
  setRepoJson(box, { retention: KEEP_ONE });
  await new Promise((resolve) => setTimeout(resolve, 1100));

  const plan = await box.json<Plan & { protected_by_pin: number }>("w", "gc", "plan");
  expect(plan.to_delete).toEqual([ids[0], ids[2]]);
  expect(plan.protected_by_pin).toBe(1);
  expect(plan.reasons[1]?.reason).toBe("pinned: shipped");
  await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id);
  expect((await box.jvs("w", "restore", ids[1] as string)).exit).toBe(0);
});

test("a plan that does not hold any more removes nothing", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  setRepoJson(box, { retention: KEEP_ONE });
  const plan = await box.json<Plan>("w", "gc", "plan");
  await box.jvs("w", "pin", "add", ids[1] as string);

  const ran = await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id);
  expect(ran).toMatchObject({ exit: 1, out: "" });
  expect(ran.err).toContain(`jvs: run gc: plan mismatch: ${ids[1]} is now protected\n`);
  const asJson = await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id, "--json");
  expect(JSON.parse(asJson.out)).toMatchObject({ error: { code: "E_GC_PLAN_MISMATCH" } });
  expect(listIds(box)).toEqual(ids);
});

test("new snapshots do not spoil a plan", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  setRepoJson(box, { retention: KEEP_ONE });
  const plan = await box.json<Plan>("w", "gc", "plan");
  box.write({ "w/new": noise(77) });
  const { snapshot_id } = await box.json<Snapshot>("w", "snapshot");

  expect((await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id)).exit).toBe(0);
  expect(listIds(box)).toEqual([...ids.slice(2), snapshot_id]);
  await expectWhole(box);
});

test("a plan id is a name, never a path (PA-03)", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  const before = box.fingerprint("w");
  for (const id of [
    "../../repo",
    "../worktrees/main",
    "../../worktrees/main.json",
    "/etc/passwd",
    "a/b",
    "..",
    ".",
  ]) {
    const { exit, err } = await box.jvs("w", "gc", "run", "--plan-id", id);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining("no plan id") });
  }
  const unknown = await box.jvs("w", "gc", "run", "--plan-id", crypto.randomUUID());
  expect(unknown).toMatchObject({ exit: 1, err: expect.stringContaining("load plan") });
  const missing = await box.jvs("w", "gc", "run");
  expect(missing).toMatchObject({
    exit: 2,
    err: expect.stringContaining("jvs: --plan-id is required\n"),
  });
  expect(box.fingerprint("w")).toEqual(before);
});

test("a worktree record or descriptor that cannot be read stops gc (DL-15)", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 4);
  setRepoJson(box, { retention: KEEP_ONE });
  const plan = await box.json<Plan>("w", "gc", "plan");
  for (const [name, status, word] of [
    ["worktrees/other.json", 1, "other"],
    [`descriptors/${ids[1]}.json`, 12, ids[1]],
    [`pins/${ids[0]}.json`, 1, ids[0]],
  ] as const) {
    const path = box.path(`w/.jvs/${name}`);
    const old = existsSync(path) ? readFileSync(path) : undefined;
    writeFileSync(path, "{ no json");
    for (const words of [["plan"], ["run", "--plan-id", plan.plan_id], ["--now"]]) {
      const { exit, err } = await box.jvs("w", "gc", ...words);
      expect({ exit, err }).toMatchObject({
        exit: status,
        err: expect.stringContaining(word ?? ""),
      });
    }
    if (old === undefined) rmSync(path);
    else writeFileSync(path, old);
  }
  expect(listIds(box)).toEqual(ids);
  expect((await box.jvs("w", "gc", "run", "--plan-id", plan.plan_id)).exit).toBe(0);
});

test("gc alone explains itself; a wrong word, outside of a repository", async () => {
  await using box = makeSandbox();
  expect((await box.jvs(".", "gc")).out).toContain("jvs gc <command>");
  expect((await box.jvs(".", "gc", "pan")).exit).toBe(2);
  expect((await box.jvs(".", "gc", "plan")).exit).toBe(10);
  expect((await box.jvs(".", "gc", "--now", "--dry-run")).exit).toBe(2);
});

test("a plan of another repository is refused", async () => {
  await using box = makeSandbox({ "other/a": "1" });
  await makeHistory(box, 2);
  await box.ok("other", "init");
  const { plan_id, repo_id } = await box.json<Plan & { repo_id: string }>("w", "gc", "plan");
  expect(repo_id).toBe((await box.json("w", "info")).repo_id);
  const file = `.jvs/gc/plans/${plan_id}.json`;
  copyFileSync(box.path(`w/${file}`), box.path(`other/${file}`));

  const { exit, err } = await box.jvs("other", "gc", "run", "--plan-id", plan_id);
  expect(exit).toBe(1);
  expect(err).toContain("run gc: plan mismatch: it was made for another repository");
  const { out } = await box.jvs("other", "gc", "run", "--plan-id", plan_id, "--json");
  expect(JSON.parse(out)).toMatchObject({ error: { code: "E_GC_PLAN_MISMATCH" } });
});

test("what an index knows of stored content is looked up once after a sweep, and not before the first", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 2);
  const generations = (): string[] => {
    const index = readFileSync(box.path("w/.jvs/cache/index.main"));
    const generation = readFileSync(box.path("w/.jvs/gc/generation"), "utf8").trim();
    return [String(index.readBigUInt64LE(32)), generation];
  };
  const [first, init] = generations();
  expect(first).toBe(init);

  await box.ok("w", "gc", "--now");
  await box.ok("w", "snapshot", "--if-changed");
  const [known, swept] = generations();
  expect(known).toBe(swept);
  expect(swept).not.toBe(init);
});
