import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, diagnose, edit, forge, makeThree } from "../doctor-box.ts";
import type { Plan, Snapshot } from "../gc-history.ts";
import type { Sandbox } from "../sandbox.ts";

async function whyKept(box: Sandbox, id: string): Promise<string | undefined> {
  const { reasons } = await box.json<Plan>("w", "gc", "--dry-run");
  return reasons.find(({ snapshot, keep }) => snapshot === id && keep)?.reason;
}

test("the record of a worktree is gone: doctor names it, gc keeps what it stood on, --repair makes it anew", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  await box.jvs("w", "fork", "f1");
  const fork = box.path("w/.jvs/worktrees/f1");
  box.write({ "w/.jvs/worktrees/f1/f": "F\n" });
  const { snapshot_id: id } = await box.json<Snapshot>("w/.jvs/worktrees/f1", "snapshot", "in f1");
  const record = readFileSync(`${fork}.json`, "utf8");
  rmSync(`${fork}.json`);

  const report = await diagnose(box);
  expect(report).toMatchObject({ healthy: false, exit: 12 });
  expect(codes(report)).toEqual(["worktree-record-missing"]);
  expect(await whyKept(box, id)).toBe("f1, whose record is gone, stood on it");

  const repaired = await diagnose(box, "--repair");
  expect(repaired).toMatchObject({ healthy: true, exit: 0 });
  expect(repaired.repairs).toContainEqual({
    id: "restore_records",
    count: 1,
    done: "made anew from the log: worktree f1",
  });
  expect(readFileSync(`${fork}.json`, "utf8")).toBe(record);
  expect(await whyKept(box, id)).toBe("head of f1");
  expect((await box.jvs("w/.jvs/worktrees/f1", "status")).exit).toBe(0);

  rmSync(`${jvs}/worktrees/main.json`);
  expect(codes(await diagnose(box))).toEqual(["worktree-record-missing"]);
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect((await box.jvs("w", "status")).exit).toBe(0);
});

test("a worktree that was removed, renamed, or whose making was undone is not missed", async () => {
  const { box } = await makeThree();
  await using _ = box;
  await box.jvs("w", "fork", "f1");
  await box.ok("w", "worktree", "rename", "f1", "f2");
  await box.ok("w", "worktree", "remove", "f2");
  await box.jvs("w", "fork", "f3");
  await box.ok("w", "undo");
  expect((await box.json<object[]>("w", "worktree", "list")).length).toBe(1);

  expect(await diagnose(box)).toMatchObject({ healthy: true, findings: [] });
});

test("a pin is gone: doctor names it, gc keeps the snapshot, --repair makes it anew", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const [id = "", other = ""] = ids;
  await box.ok("w", "pin", "add", id, "--reason", "demo");
  await box.ok("w", "pin", "add", other);
  await box.ok("w", "pin", "remove", other);
  rmSync(`${jvs}/pins/${id}.json`);

  const report = await diagnose(box);
  expect(codes(report)).toEqual(["pin-missing"]);
  expect(report.exit).toBe(12);
  expect(await whyKept(box, id)).toBe("pinned: demo (its file is gone)");
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect(await whyKept(box, id)).toBe("pinned: demo");
});

test("a snapshot is gone that nothing points to: doctor names it, undo does not blame gc", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  box.write({ "w/a.txt": "unsaved\n" });
  await box.ok("w", "restore", ids[2] ?? "");
  const [safety] = await box.json<Snapshot[]>("w", "history", "--kind", "safety");
  const path = `${jvs}/descriptors/${safety?.snapshot_id}.json`;
  const record = readFileSync(path);
  rmSync(path);

  const report = await diagnose(box);
  expect(report.exit).toBe(12);
  expect(report.findings).toMatchObject([
    { code: "descriptor-missing", path: `.jvs/descriptors/${safety?.snapshot_id}.json` },
  ]);
  const { err, exit } = await box.jvs("w", "undo");
  expect(exit).toBe(12);
  expect(err).toContain("is gone");
  expect(err).not.toContain("gc");
  writeFileSync(path, record);
  await box.ok("w", "undo");
  expect(await diagnose(box)).toMatchObject({ healthy: true, findings: [] });
});

test("the tombstones of what gc removed are gone: doctor misses them, --repair makes them anew", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  edit(`${jvs}/repo.json`, (record) => {
    record.retention = { keep_last: 1 };
  });
  await box.ok("w", "pin", "add", ids[0] ?? "");
  box.write({ "w/a.txt": "four\n" });
  await box.ok("w", "snapshot", "four");
  await box.ok("w", "gc", "--now");
  const path = `${jvs}/gc/tombstones/tombstones.jsonl`;
  expect((await diagnose(box)).exit).toBe(0);
  const notes = await box.json<{ note: string }[]>("w", "history");
  expect(notes.map(({ note }) => note)).toEqual(["four", "three", "one"]);
  const text = readFileSync(path, "utf8");

  for (const left of ["", text.slice(0, text.length / 2)]) {
    writeFileSync(path, left);
    expect(codes(await diagnose(box))).toContain("tombstone-missing");
    expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
    expect(await box.json("w", "history")).toEqual(notes);
  }
});

test("snapshots that are their own ancestors, also past one that was removed: named, and nobody walks for ever", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const [one = "", two = "", three = ""] = ids;
  forge(`${jvs}/descriptors/${one}.json`, (record) => {
    record.parent_id = three;
  });
  rmSync(`${jvs}/descriptors/${two}.json`);
  const tombstone = { snapshot_id: two, parent_id: one, worktree_name: "main", by: "x" };
  appendFileSync(`${jvs}/gc/tombstones/tombstones.jsonl`, `${JSON.stringify(tombstone)}\n`);

  expect(codes(await diagnose(box))).toContain("lineage-circle");
  const history = await box.jvs("w", "history");
  expect(history.exit).toBe(0);
  expect(history.out).toContain("one");
  expect(history.err).toContain(`The history ends at ${one}`);
  for (const argv of [
    ["show", "HEAD~50"],
    ["diff", "HEAD~2"],
    ["show", "@{1 year ago}"],
  ])
    expect(await box.jvs("w", ...argv)).toMatchObject({
      exit: 12,
      err: expect.stringContaining("its own ancestor"),
    });
  for (const argv of [["show"], ["diff"], ["status"], ["gc", "--dry-run"], ["compare", "main"]])
    expect([argv, (await box.jvs("w", ...argv)).exit]).not.toEqual([argv, -1]);
  await box.jvs("w", "fork", "f1");
  expect((await box.jvs("w", "compare", "main", "f1")).exit).toBe(0);
});
