import { expect, test } from "vitest";
import { makeHistory, noise } from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

interface Usage {
  readonly snapshots: { snapshot_id: string; only_bytes: number; note: string }[];
  readonly shared_bytes: number;
  readonly garbage_bytes: number;
  readonly stored_bytes: number;
}

test("what only one snapshot holds, and what several share", async () => {
  await using box = makeSandbox();
  const ids = await makeHistory(box, 3);
  const usage = await box.json<Usage>("w", "du");

  expect(usage.snapshots.map(({ snapshot_id }) => snapshot_id)).toEqual(ids.toReversed());
  for (const { only_bytes } of usage.snapshots) {
    expect(only_bytes).toBeGreaterThan(30_000);
    expect(only_bytes).toBeLessThan(32_000);
  }
  expect(usage.shared_bytes).toBeGreaterThan(200_000);
  expect(usage.garbage_bytes).toBe(0);
  expect((await box.json<Usage>("w", "du", "s2")).snapshots.map(({ note }) => note)).toEqual([
    "s2",
  ]);

  const { out } = await box.jvs("w", "du");
  expect(out).toMatch(/ 3[01] KB {2}[0-9a-f]{8} {2}20..-..-.. ..:.. {2}s3\n/);
  expect(out).toMatch(/200 KB {2}shared by several snapshots\n/);
});

test("a folder that is shared is shared with all that is in it", async () => {
  await using box = makeSandbox({ "w/deep/er/file": noise(3), "w/big": noise(4, 3_000_000) });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "one");
  expect((await box.json<Usage>("w", "du")).snapshots[0]?.only_bytes).toBeGreaterThan(3_000_000);
  box.write({ "w/other": "x" });
  await box.jvs("w", "snapshot", "two");
  const { snapshots, shared_bytes } = await box.json<Usage>("w", "du");
  expect(shared_bytes).toBeGreaterThan(3_000_000);
  for (const { only_bytes } of snapshots) expect(only_bytes).toBeLessThan(1000);
});

test("nothing yet, and the wrong words", async () => {
  await using box = makeSandbox({ "w/a": "1" });
  await box.jvs("w", "init");
  expect((await box.json<Usage>("w", "du")).snapshots).toEqual([]);
  expect((await box.jvs("w", "du", "nothing-like-it")).exit).toBe(1);
  expect((await box.jvs(".", "du")).exit).toBe(10);
});
