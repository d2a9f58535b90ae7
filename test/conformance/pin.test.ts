import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeHistory, type Snapshot } from "../gc-history.ts";
import { readLog } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

test("add, list, remove, each taken back by undo (RE-02)", async () => {
  await using box = makeSandbox();
  const [first = ""] = await makeHistory(box, 2);
  const short = first.slice(14);
  expect(await box.jvs("w", "pin", "list")).toMatchObject({ exit: 0, out: "No pins.\n" });
  expect(await box.json("w", "pin", "list")).toEqual([]);

  const added = await box.jvs("w", "pin", "add", "s1", "--reason", "shipped", "--expires", "7d");
  expect(added.out).toMatch(
    new RegExp(`^Pinned ${short} "s1" {2}\\(until 20..-..-.. ..:..\\)\\n$`),
  );
  const [pin] = await box.json<Record<string, unknown>[]>("w", "pin", "list");
  expect(pin).toMatchObject({ snapshot_id: first, reason: "shipped", expired: false, note: "s1" });
  const term = Date.parse(String(pin?.expires_at)) - Date.parse(String(pin?.pinned_at));
  expect(term).toBeGreaterThan(7 * 86_400_000 - 10_000);

  await box.jvs("w", "pin", "add", "s1");
  expect((await box.json<Record<string, unknown>[]>("w", "pin", "list"))[0]).toMatchObject({
    reason: "",
    expires_at: null,
  });
  await box.jvs("w", "undo");
  expect((await box.json<Record<string, unknown>[]>("w", "pin", "list"))[0]).toEqual(pin);
  expect((await box.jvs("w", "pin", "remove", "s1")).out).toBe(
    `Removed the pin of ${short} "s1"\n`,
  );
  expect(await box.json("w", "pin", "list")).toEqual([]);
  await box.jvs("w", "undo");
  expect(await box.json("w", "pin", "list")).toHaveLength(1);
  await box.jvs("w", "redo");
  expect(await box.json("w", "pin", "list")).toEqual([]);
});

test("what cannot be pinned", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  for (const [exit, ...words] of [
    [1, "add", "nothing-like-it"],
    [2, "add"],
    [2, "add", ""],
    [2, "add", "s1", "--expires", "soon"],
    [2, "add", "s1", "--expires", "2001-01-01"],
    [1, "remove", "s1"],
    [2, "ad", "s1"],
  ] as const)
    expect({ words, exit: (await box.jvs("w", "pin", ...words)).exit }).toEqual({ words, exit });
  expect(readdirSync(box.path("w/.jvs/pins"))).toEqual([]);
  expect((await box.jvs(".", "pin", "list")).exit).toBe(10);
});

test("from the root of a project, outside of every workspace", async () => {
  await using box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write({ "p/main/a": "1" });
  await box.json<Snapshot>("p/main", "snapshot", "one");
  expect((await box.jvs("p", "pin", "add", "one")).exit).toBe(0);
  expect(await box.json("p", "pin", "list")).toHaveLength(1);
  expect((await box.jvs("p/main", "undo")).out).toContain("is not pinned");
});

test.each(["edit-intent", "edit-applied", "log-appended", "after-log"])(
  "killed at %s it is finished by the next command",
  async (failPoint) => {
    await using box = makeSandbox();
    await makeHistory(box, 1);
    expect((await box.run("w", ["pin", "add", "s1"], { failPoint })).signal).toBe("SIGKILL");
    await box.jvs("w", "status");

    expect(await box.json("w", "pin", "list")).toHaveLength(1);
    const log = await box.json<{ operation: string }[]>("w", "operations");
    expect(log.filter(({ operation }) => operation === "pin")).toHaveLength(1);
    expect(readdirSync(box.path("w/.jvs/intents"))).toEqual([]);
    const newest = readLog(box.path("w")).at(-1)?.record_hash;
    expect(readFileSync(box.path("w/.jvs/audit/head"), "utf8")).toBe(`${newest}\n`);
    await box.jvs("w", "undo");
    expect(await box.json("w", "pin", "list")).toEqual([]);
  },
);
