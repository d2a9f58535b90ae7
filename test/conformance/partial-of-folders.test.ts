import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { openWorkspace } from "../pending-stage.ts";

test("a partial snapshot needs no folder of another snapshot", async () => {
  await using box = await openWorkspace();
  const first = await box.json<{ snapshot_id: string }>("w", "snapshot", "one");
  const others = (): string[] => box.fingerprint("w").filter((line) => !line.startsWith("empty"));
  box.write({ "w/empty": "not any more" });
  await box.ok("w", "snapshot", "part", "--", "empty");
  expect((await box.jvs("w", "verify")).exit).toBe(0);
  rmSync(box.path(`w/.jvs/snapshots/${first.snapshot_id}`), { recursive: true });
  expect((await box.jvs("w", "export", "HEAD", "../copy")).exit).toBe(0);
  expect(box.fingerprint("copy")).toEqual(expect.arrayContaining(others()));
  expect((await box.jvs("w", "cat", "HEAD", "empty")).out).toBe("not any more");
});
