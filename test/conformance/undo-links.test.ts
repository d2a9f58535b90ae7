import { linkSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** Whether the names are those of one file. */
function areOne(box: Sandbox, ...names: string[]): boolean {
  return new Set(names.map((name) => statSync(box.path(name)).ino)).size === 1;
}

/** A workspace with two snapshots: s0, and s1 in which a has more names, one outside of the workspace. */
async function openLinked(before: Record<string, string>): Promise<Sandbox> {
  const box = makeSandbox({ "w/z": "z", ...before });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "s0");
  mkdirSync(box.path("w/d"), { recursive: true });
  writeFileSync(box.path("w/a"), "one");
  for (const name of ["w/b", "w/d/c", "outside"]) linkSync(box.path("w/a"), box.path(name));
  await box.jvs("w", "snapshot", "s1");
  return box;
}

const NAMES = ["w/a", "w/b", "w/d/c", "outside"];

for (const [title, before, path] of [
  ["a path that was not there", {}, "a"],
  ["a path that was a file of its own", { "w/a": "single" }, "a"],
  ["a folder that holds one of the names", {}, "d"],
] as const)
  test(`undo of the restore of ${title} joins its hard links again`, async () => {
    await using box = await openLinked(before);
    const fingerprint = box.fingerprint("w");
    await box.jvs("w", "restore", "s0", "--", path);
    expect(box.fingerprint("w")).not.toEqual(fingerprint);
    expect(await box.jvs("w", "undo")).toMatchObject({ exit: 0, err: "" });
    expect(box.fingerprint("w")).toEqual(fingerprint);
    expect(areOne(box, ...NAMES)).toBe(true);
    expect(await box.json("w", "status")).toMatchObject({ clean: true });
    expect((await box.jvs("w", "redo")).exit).toBe(0);
    expect((await box.jvs("w", "undo")).exit).toBe(0);
    expect(areOne(box, ...NAMES)).toBe(true);
  });

test("what was edited since stays as it is, and undo says that the names stay apart", async () => {
  await using box = makeSandbox({ "w/z": "z" });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "s0");
  writeFileSync(box.path("w/a"), "one");
  linkSync(box.path("w/a"), box.path("w/b"));
  await box.jvs("w", "snapshot", "s1");
  await box.jvs("w", "restore", "s0", "--", "a");
  writeFileSync(box.path("w/b"), "later work");
  const undone = await box.jvs("w", "undo");
  expect(undone.err).toContain("a: its other names have been changed since");
  expect(areOne(box, "w/a", "w/b")).toBe(false);
  expect(await box.ok("w", "cat", "s1", "a")).toBe("one");
  expect(statSync(box.path("w/a")).size).toBe(3);
  expect(statSync(box.path("w/b")).size).toBe(10);
});
