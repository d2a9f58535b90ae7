import { expect, test } from "vitest";
import type { Fingerprint } from "../fingerprint.ts";
import { findFaults, readLog } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** Where a workspace stands, for comparison. */
async function stand(
  box: Sandbox,
): Promise<{ head: unknown; latest: unknown; files: Fingerprint }> {
  const status = await box.json("w", "status");
  return {
    head: (status.head as { snapshot_id?: string } | null)?.snapshot_id,
    latest: status.latest_snapshot_id,
    files: box.fingerprint("w"),
  };
}

test("everything is undone step by step, done again, and logged", async () => {
  await using box = makeSandbox({ "w/a.txt": "0" });
  await box.ok("w", "init");
  const stands = [await stand(box)];
  const steps: [text: string, ...argv: string[]][] = [
    ["0", "snapshot", "one"],
    ["1", "snapshot", "two"],
    ["1", "restore", "one"],
    ["2 unsaved", "restore", "HEAD"],
    ["3", "snapshot", "three"],
    ["3", "restore", "two", "--", "a.txt"],
    ["4 unsaved", "restore", "one"],
  ];
  const before: Fingerprint[] = [];
  for (const [text, ...argv] of steps) {
    if (!box.fingerprint("w").some((line) => line.includes(hashOf(text))))
      box.write({ "w/a.txt": text });
    before.push(box.fingerprint("w"));
    await box.ok("w", ...argv);
    stands.push(await stand(box));
  }

  for (let step = steps.length - 1; step >= 0; step--) {
    expect(await box.ok("w", "undo")).toContain(`Undid ${steps[step]?.[1]} `);
    expect(box.fingerprint("w"), `before ${steps[step]?.join(" ")}`).toEqual(before[step]);
    const { head, latest } = await stand(box);
    expect({ head, latest }).toEqual({ head: stands[step]?.head, latest: stands[step]?.latest });
    if (steps[step]?.[1] === "snapshot") break;
  }
  expect((await box.jvs("w", "undo")).exit).toBe(0);
  for (let count = 0; count < 4; count++) await box.ok("w", "redo");
  expect(await stand(box)).toEqual(stands.at(-1));
  const end = await box.jvs("w", "redo");
  expect({ exit: end.exit, err: end.err }).toEqual({
    exit: 1,
    err: expect.stringContaining("there is nothing to redo"),
  });
  expect(readLog(box.path("w")).map(({ operation }) => operation)).toEqual([
    "init",
    ...steps.map(([, operation]) => operation),
    ...Array(4).fill("undo"),
    ...Array(4).fill("redo"),
  ]);
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("IN-07 each command that changes something is one record, those that only look are none", async () => {
  await using box = makeSandbox({ "w/a.txt": "1" });
  await box.ok("w", "init");
  const looks = [["status"], ["history"], ["diff"], ["operations"], ["info"], ["undo"], ["redo"]];
  for (const argv of looks) await box.jvs("w", ...argv);
  expect(readLog(box.path("w")).length).toBe(1);

  await box.ok("w", "snapshot", "--if-changed");
  await box.ok("w", "snapshot", "--if-changed");
  expect(readLog(box.path("w")).length).toBe(2);
  box.write({ "w/a.txt": "2" });
  await box.ok("w", "restore", "HEAD", "--dry-run");
  expect(readLog(box.path("w")).length).toBe(2);
  await box.ok("w", "restore", "HEAD");
  const [last] = readLog(box.path("w")).slice(-1);
  expect(last).toMatchObject({ operation: "restore", actor: { user: "ada" } });
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("work done between restore and undo is kept, too", async () => {
  await using box = makeSandbox({ "w/a.txt": "1" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "2 unsaved" });
  const two = box.fingerprint("w");
  await box.ok("w", "restore", "HEAD");
  box.write({ "w/a.txt": "3 unsaved", "w/b.txt": "3" });
  const three = box.fingerprint("w");

  expect(await box.ok("w", "undo")).toMatch(/kept in safety snapshot \w+; jvs redo brings it back/);
  expect(box.fingerprint("w")).toEqual(two);
  await box.ok("w", "redo");
  expect(box.fingerprint("w"), "redo brings it back, as undo said").toEqual(three);
});

test("what was given up is gone, and undo does not claim otherwise", async () => {
  await using box = makeSandbox({ "w/a.txt": "1" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "2 unsaved" });
  await box.ok("w", "restore", "HEAD", "--discard");

  const { out, err } = await box.jvs("w", "undo");
  expect(out + err).toMatch(/g[ia]ven? up/);
});

test("a clock that goes backwards breaks neither history nor undo", async () => {
  await using box = makeSandbox({ "w/a.txt": "1" });
  const { runInProcess } = await import("../in-process.ts");
  const at = (time: string, ...argv: string[]): ReturnType<typeof runInProcess> =>
    runInProcess(box.path("w"), argv, { now: () => new Date(time) });
  await at("2026-01-01T00:00:00Z", "init");
  await at("2026-01-01T00:00:00Z", "snapshot", "later");
  box.write({ "w/a.txt": "2" });
  await at("2020-01-01T00:00:00Z", "snapshot", "earlier");
  box.write({ "w/a.txt": "3" });
  await at("1971-01-01T00:00:00Z", "snapshot", "earliest");

  const history = await box.json<{ note: string }[]>("w", "history");
  expect(history.map(({ note }) => note)).toEqual(["earliest", "earlier", "later"]);
  await box.ok("w", "restore", "later");
  await box.ok("w", "restore", "HEAD");
  expect(await box.ok("w", "status")).toContain('"earliest"');
  expect(await box.ok("w", "diff")).toMatch(/^Diff \w+ -> \w+\nFrom: 2020-.*\nTo: {3}1971-/);
  await box.ok("w", "undo");
  await box.ok("w", "undo");
  await box.ok("w", "undo");
  expect(await box.ok("w", "history")).toContain("earlier");
  expect(findFaults(box.path("w"))).toEqual([]);
});

function hashOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
