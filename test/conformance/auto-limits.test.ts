import { appendFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expectWhole, makeHistory, noise, type Snapshot, setRepoJson } from "../gc-history.ts";
import { makeSandbox } from "../sandbox.ts";

test("automatic snapshots make room by themselves", async () => {
  await using box = makeSandbox();
  await makeHistory(box, 1);
  setRepoJson(box, { limits: { auto_max_count: 3 } });
  const ids: string[] = [];
  for (let at = 0; at < 8; at++) {
    box.write({ "w/auto": `${at}` });
    ids.push((await box.json<Snapshot>("w", "snapshot", "--auto")).snapshot_id);
    if (at === 2) await box.jvs("w", "pin", "add", ids[2] as string);
  }
  const autos = await box.json<Snapshot[]>("w", "history", "--kind", "auto");
  expect(autos.map(({ snapshot_id }) => snapshot_id)).toEqual([...ids.slice(5).reverse(), ids[2]]);
  expect((await box.jvs("w", "history")).out).toContain("s1");
  await expectWhole(box);

  appendFileSync(box.path("w/.jvs/cache/auto-snapshots"), "garbage\n");
  setRepoJson(box, { limits: { auto_max_bytes: "1B" } });
  box.write({ "w/auto": noise(3) });
  await box.jvs("w", "snapshot", "--auto");
  expect(await box.json<Snapshot[]>("w", "history", "--kind", "auto")).toHaveLength(3);
  expect((await box.jvs("w", "undo")).exit).toBe(0);
});
