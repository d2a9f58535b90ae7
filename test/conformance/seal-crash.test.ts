import { rmSync, truncateSync } from "node:fs";
import { expect, test } from "vitest";
import {
  countSeals,
  expectTidy,
  newest,
  openPending,
  openWorkspace,
  states,
} from "../pending-stage.ts";
import { readDescriptors, readLog } from "../repository.ts";
import type { Ran } from "../sandbox.ts";

test.each([
  "seal-read",
  "seal-written",
  "seal-stored",
  "log-appended",
  "seal-logged",
  "seal-published",
])("jvs seal, killed at %s, costs nothing", async (failPoint) => {
  await using box = await openPending();
  expect((await box.run("w", ["seal"], { failPoint })).signal).toBe("SIGKILL");
  expect((await box.run("w", ["seal"], { failPoint: "seal-written" })).exit).not.toBe(70);
  expect((await box.jvs("w", "status")).exit).toBe(0);
  expect(states(box)).toEqual(["verified"]);
  expect((await box.jvs("w", "verify")).exit).toBe(0);
  expect((await box.jvs("w", "doctor", "--strict")).exit).toBe(0);
  expect(countSeals(box)).toBe(1);
  expectTidy(box);
});

test.each([
  "step-5",
  "slot-filled",
  "captured",
  "step-9",
  "before-publish",
  "after-publish",
  "after-head",
  "step-12",
])("jvs snapshot --hash later, killed at %s", async (failPoint) => {
  await using box = await openPending();
  box.write({ "w/a.txt": "edited\n" });
  const killed = await box.run("w", ["snapshot", "two", "--hash", "later"], { failPoint });
  expect(killed.signal).toBe("SIGKILL");
  await box.ok("w", "snapshot", "three", "--hash", "later");
  await box.ok("w", "seal");
  const isThere = ["after-publish", "after-head", "step-12"].includes(failPoint);
  expect(states(box)).toEqual(Array.from({ length: isThere ? 3 : 2 }, () => "verified"));
  expect((await box.jvs("w", "verify")).exit).toBe(0);
  expectTidy(box);
});

test("several at once, and somebody who changes the note meanwhile", async () => {
  await using box = await openPending();
  const ran: Ran[] = await Promise.all([
    box.jvs("w", "seal"),
    box.jvs("w", "note", "edit", String(newest(box).snapshot_id), "another"),
    box.jvs("w", "status"),
    box.jvs("w", "seal", "--idle", "--rate", "1GB"),
    box.jvs("w", "snapshot", "two", "--hash", "later"),
    box.jvs("w", "gc", "--now"),
  ]);
  expect(ran.map(({ exit, err }) => ({ exit, err }))).toEqual(
    ran.map(() => ({ exit: 0, err: "" })),
  );
  await box.ok("w", "seal");
  const [first] = readDescriptors(box.path("w"));
  expect(first).toMatchObject({ integrity_state: "verified", note: "another" });
  expect((await box.jvs("w", "verify")).exit).toBe(0);
  const sealed = readLog(box.path("w")).flatMap(({ operation, target }) =>
    operation === "seal" ? [target] : [],
  );
  expect(sealed).toEqual([...new Set(sealed)]);
  expectTidy(box);
});

test("a pending snapshot whose folder is gone, or damaged, is damage and no more", async () => {
  await using box = await openPending();
  const id = String(newest(box).snapshot_id);
  truncateSync(box.path(`w/.jvs/snapshots/${id}/large`), 5);
  const damaged = await box.jvs("w", "seal");
  expect(damaged).toMatchObject({ exit: 12, out: "Nothing to seal\n" });
  expect(damaged.err).toContain("it has 5 bytes instead of 2500000");
  rmSync(box.path(`w/.jvs/snapshots/${id}`), { recursive: true });
  const status = await box.jvs("w", "status");
  expect(status).toMatchObject({ exit: 12, out: "" });
  expect(status.err).toContain(`jvs seal ${id.slice(14)}`);
  expect((await box.jvs("w", "seal")).err).toContain("the folder is gone");
  expect((await box.jvs("w", "verify")).exit).toBe(12);
  expect((await box.jvs("w", "cat", "HEAD", "a.txt")).exit).toBe(12);
  expect((await box.jvs("w", "history")).exit).toBe(0);
  // Others are not affected.
  await box.ok("w", "snapshot", "two");
  expect((await box.jvs("w", "status")).exit).toBe(0);
  expect((await box.jvs("w", "restore", "HEAD")).exit).toBe(0);
  expect(states(box)).toEqual(["pending", "verified"]);
});

test("marks that got lost, and some that mean nothing", async () => {
  await using box = await openPending();
  const id = String(newest(box).snapshot_id);
  rmSync(box.path(`w/.jvs/snapshots/${id}.pending`));
  expect((await box.jvs("w", "status")).exit).toBe(12);
  expect((await box.jvs("w", "seal")).out).toBe(`Sealed snapshot ${id}\n`);
  box.write({ [`w/.jvs/snapshots/${id}.pending`]: "" });
  expect((await box.jvs("w", "status")).exit).toBe(0);
  expectTidy(box);
});

test("a folder that is stored no more is damage, where snapshots are folders, too", async () => {
  await using box = await openWorkspace();
  await box.ok("w", "snapshot", "one");
  rmSync(box.path("w/.jvs/objects/packs"), { recursive: true });
  const ran = await box.jvs("w", "ls", "HEAD");
  expect(ran).toMatchObject({ exit: 12, out: "" });
  expect((await box.jvs("w", "verify")).exit).toBe(12);
});
