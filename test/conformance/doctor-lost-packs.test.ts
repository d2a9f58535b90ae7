import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listPackFiles } from "../damage.ts";
import { codes, diagnose, makeThree } from "../doctor-box.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

function countPacks(box: Sandbox): number {
  return readdirSync(box.path("w/.jvs/objects/packs")).filter((name) => name.endsWith(".pack"))
    .length;
}

test.each([0, 1, 8, 64, 130])(
  "packs cut off after %i bytes, their indexes intact: repair ends and heals each object once",
  async (bytes) => {
    const { box, ids, jvs } = await makeThree();
    await using _ = box;
    await box.jvs("w", "fork", "f1");
    const packs = listPackFiles(jvs, ".pack");
    for (const path of packs) truncateSync(path, bytes);

    const { repairs } = await diagnose(box, "--repair");
    const healed = repairs.find(({ id }) => id === "heal_objects");
    // noise.bin, the last a.txt, the folder d, the root; two workspaces hold them all.
    expect(healed?.count).toBe(4);
    expect((await box.jvs("w", "export", ids[2] ?? "", "../out")).exit).toBe(0);
    const [before, again] = [countPacks(box), await diagnose(box, "--repair")];
    expect(again.repairs.map(({ id }) => id)).not.toContain("heal_objects");
    expect(countPacks(box)).toBe(before);
  },
);

test("all packs emptied: what was healed is at risk no longer, though what is lost keeps the old packs", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  for (const path of listPackFiles(jvs, ".pack")) truncateSync(path, 0);

  const report = await diagnose(box, "--repair");
  expect(codes(report)).toContain("content-damaged");
  expect(codes(report)).not.toContain("content-at-risk");
  const { out } = await box.jvs("w", "verify");
  expect(out).toMatch(new RegExp(`^${ids[2]}  OK$`, "m"));
  expect(out).toMatch(new RegExp(`^${ids[0]}  TAMPERED$`, "m"));
});

test("one pack cut off, and what it held in the workspace: all is well again", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  await box.jvs("w", "restore", ids[0] ?? "");
  const [oldest = ""] = listPackFiles(jvs, ".pack").filter(
    (path) => readFileSync(path).length > 200_000,
  );
  truncateSync(oldest, 0);

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
});

test("two packs with each other's content: both are told apart again, without any workspace", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const [one = "", other = ""] = listPackFiles(jvs, ".pack");
  const [first, second] = [readFileSync(one), readFileSync(other)];
  for (const path of [one, other]) chmodSync(path, 0o644);
  writeFileSync(one, second);
  writeFileSync(other, first);
  rmSync(box.path("w/d"), { recursive: true });
  box.write({ "w/a.txt": "gone\n" });

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
  await box.jvs("w", "restore", ids[0] ?? "");
  expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe("one\n");
});

test("interrupted, repair says that what was repaired stays, and the log tells of it", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  box.write({ "w/large.bin": randomBytes(60_000_000) });
  await box.jvs("w", "snapshot", "large");
  rmSync(`${jvs}/pins`, { recursive: true });
  for (const path of listPackFiles(jvs, ".pack")) truncateSync(path, 0);

  const running = box.start("w", ["doctor", "--repair"]);
  while (
    countPacks(box) === listPackFiles(jvs, ".idx").length &&
    !readdirSync(jvs).includes("pins")
  )
    await Bun.sleep(2);
  running.kill("SIGINT");
  const { exit, err } = await running.ended;
  expect(exit).toBe(130);
  expect(err).not.toContain("nothing was changed");
  expect(err).toContain("what was repaired until then stays repaired");
  const [newest] = await box.json<{ operation: string; reason: string }[]>("w", "operations");
  expect(newest).toMatchObject({ operation: "doctor", reason: expect.stringContaining("pins") });
});

test("hundreds of lost files: told of by snapshot and folder, with all their number", async () => {
  const names = Array.from({ length: 400 }, (_, at) => `w/d${at % 4}/f${at}`);
  await using box = makeSandbox(Object.fromEntries(names.map((name) => [name, randomBytes(200)])));
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "one");
  const [pack = ""] = listPackFiles(box.path("w/.jvs"), ".pack");
  const bytes = readFileSync(pack);
  // The folders lie at the end.
  for (let at = 100; at < bytes.length * 0.7; at += 200) bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(pack, 0o644);
  writeFileSync(pack, bytes);

  const { findings } = await diagnose(box, "--strict");
  const ofFiles = findings.filter(({ code }) => code.startsWith("content-"));
  expect(ofFiles.length).toBeLessThanOrEqual(8);
  const counts = ofFiles.map(({ count = 1 }) => count);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200);
  const { out } = await box.jvs("w", "doctor", "--strict");
  expect(out.split("\n").length).toBeLessThan(130);
  expect(out).toMatch(/\d+ paths in d0, the first of them d0\/f/);
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
});
