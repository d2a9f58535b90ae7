import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { flipByte, listPackFiles, loseAllContent } from "../damage.ts";
import { codes, diagnose, makeThree, noisePack } from "../doctor-box.ts";
import { makeSandbox } from "../sandbox.ts";

test("healthy: one line, and JSON with no findings", async () => {
  const { box } = await makeThree();
  await using _ = box;

  expect(await box.jvs("w", "doctor")).toMatchObject({
    exit: 0,
    err: "",
    out: "Repository is healthy.\n",
  });
  expect((await box.jvs("w", "doctor", "--strict")).out).toMatch(/^Repository is healthy\.\nOn /);
  const report = await box.json("w", "doctor");
  expect(Object.keys(report).slice(0, 2)).toEqual(["healthy", "findings"]);
  expect(report).toMatchObject({ healthy: true, findings: [] });
});

test("--repair-list: each action with its name; outside of a repository: rc 10", async () => {
  const { box } = await makeThree();
  await using _ = box;

  const { out, exit } = await box.jvs("w", "doctor", "--repair-list");
  expect(exit).toBe(0);
  expect(out).toMatch(/^Available repair actions:\n {2}clean_tmp \(safe\): /);
  const list = await box.json<object[]>("w", "doctor", "--repair-list");
  expect(list[0]).toEqual({ id: "clean_tmp", description: expect.any(String), auto_safe: true });
  expect((await box.jvs(".", "doctor")).exit).toBe(10);
});

test("IN-01, IN-04: altered content: --strict finds it, every finding with a cure, rc 12 under --json", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  flipByte(noisePack(jvs), 100_000);

  const report = await diagnose(box, "--strict");
  expect(report).toMatchObject({ healthy: false, exit: 12 });
  expect(codes(report)).toContain("content-damaged");
  for (const { cure, code } of report.findings)
    expect([code, cure.length > 10]).toEqual([code, true]);
  const { out } = await box.jvs("w", "doctor", "--strict");
  expect(out).toMatch(/^Findings \(\d+\):\n {2}\[critical\] integrity: /);
  expect(out).toMatch(
    / {2}\[critical\] integrity: d\/noise\.bin in snapshot .* \[E_OBJECT_DAMAGED\]$/m,
  );
});

test("damage is healed from the workspace, and nothing of it is left", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const damaged = noisePack(jvs);
  flipByte(damaged, 100_000);
  const before = box.fingerprint("w");

  const healed = await diagnose(box, "--repair");
  expect(healed).toMatchObject({ healthy: true, exit: 0 });
  expect(healed.repairs.map(({ id }) => id)).toContain("heal_objects");
  expect(existsSync(damaged)).toBe(false);
  expect(box.fingerprint("w")).toEqual(before);
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
  rmSync(box.path("w/d"), { recursive: true });
  await box.jvs("w", "restore", "one");
  expect(box.fingerprint("w/d")).toBeDefined();
  const [newest] = await box.json<{ operation: string; reason: string }[]>("w", "operations");
  const operations = await box.json<{ operation: string; reason: string }[]>("w", "operations");
  expect(newest?.operation).toBe("restore");
  expect(operations.filter(({ operation }) => operation === "doctor")).toMatchObject([
    { reason: expect.stringContaining("heal_objects: stored 1 lost objects anew") },
  ]);
});

test("all packs are gone: what the workspace holds comes back, the rest is named", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  loseAllContent(jvs);

  const report = await diagnose(box, "--repair");
  expect(report.exit).toBe(12);
  expect(codes(report)).toContain("content-damaged");
  expect((await box.jvs("w", "verify", ids[2] ?? "")).exit).toBe(0);
  expect((await box.jvs("w", "verify", ids[0] ?? "")).exit).toBe(12);
});

test("large files are healed part by part, folders, links and attributes too", async () => {
  await using box = makeSandbox({ "w/large": randomBytes(5_000_000), "w/e/f/g.txt": "g\n" });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "one");
  loseAllContent(box.path("w/.jvs"));
  expect((await box.jvs("w", "verify")).exit).toBe(12);

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect(await box.jvs("w", "verify", "--all")).toMatchObject({ exit: 0 });
});

test("a fork heals what the workspace itself no longer holds", async () => {
  await using box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write({ "p/main/noise.bin": randomBytes(200_000) });
  await box.jvs("p/main", "snapshot", "one");
  await box.jvs("p/main", "worktree", "fork", "kept");
  rmSync(box.path("p/main/noise.bin"));
  flipByte(noisePack(box.path("p/.jvs")), 100_000);

  const report = await box.jvs("p/main", "doctor", "--repair");
  expect(report.out).toContain("Repair heal_objects: stored 1 lost objects anew, from workspaces");
  expect(report.exit).toBe(0);
  await box.jvs("p/main", "restore", "one");
  expect(existsSync(box.path("p/main/noise.bin"))).toBe(true);
});

test("killed while it repairs, it is done again", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  flipByte(noisePack(jvs), 100_000);

  const { signal } = await box.run("w", ["doctor", "--repair"], { failPoint: "packs-merging" });
  expect(signal).toBe("SIGKILL");
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, findings: [], exit: 0 });
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
});

test("what nothing holds any more stays damaged, and its pack stays as evidence", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const damaged = noisePack(jvs);
  flipByte(damaged, 100_000);
  box.write({ "w/d/noise.bin": "other\n" });

  const report = await diagnose(box, "--repair");
  expect(report).toMatchObject({ healthy: false, exit: 12 });
  expect(existsSync(damaged)).toBe(true);
  expect((await box.jvs("w", "restore", "one")).exit).toBe(12);
});

test("indexes of packs: damage is found, and mended from the pack", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const [first = "", second = ""] = listPackFiles(jvs, ".idx");
  flipByte(first, 100);
  rmSync(second);

  expect(codes(await diagnose(box)).sort()).toEqual(["index-damaged", "index-missing"]);
  const report = await diagnose(box, "--repair");
  expect(report).toMatchObject({ healthy: true, findings: [] });
  expect(existsSync(second)).toBe(true);
});
