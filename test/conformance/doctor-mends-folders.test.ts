import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { flipByte } from "../damage.ts";
import { diagnose } from "../doctor-box.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** A snapshot by the engine copy, and its folder. */
async function makeCopy(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ box: Sandbox; slot: string }> {
  const box = makeSandbox(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`w/${path}`, content])),
  );
  await box.jvs("w", "init");
  const env = { JVS_SNAPSHOT_ENGINE: "copy" };
  const { out } = await box.run("w", ["snapshot", "one", "--json"], { env });
  const { snapshot_id: id } = JSON.parse(out) as { snapshot_id: string };
  return { box, slot: box.path(`w/.jvs/snapshots/${id}`) };
}

test("a large file is healed with all its parts, which no pack ever had, and can be restored", async () => {
  const content = randomBytes(5_000_000);
  const { box, slot } = await makeCopy({ big: content, "other.bin": randomBytes(3_000_000) });
  await using _ = box;
  flipByte(`${slot}/big`, 100);

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  rmSync(box.path("w/big"));
  expect((await box.jvs("w", "restore", "one")).exit).toBe(0);
  expect(readFileSync(box.path("w/big")).equals(content)).toBe(true);
});

const CASES: readonly [string, (slot: string) => void][] = [
  ["an altered file", (slot) => flipByte(`${slot}/d/mid`, 1)],
  ["a deleted file", (slot) => rmSync(`${slot}/d/mid`)],
  ["a deleted folder in it", (slot) => rmSync(`${slot}/d`, { recursive: true, force: true })],
  ["the whole folder", (slot) => rmSync(slot, { recursive: true, force: true })],
];

test.each(CASES)(
  "%s: put right in the folder of the snapshot, and all is well",
  async (_, spoil) => {
    const { box, slot } = await makeCopy({ "d/mid": "hello\n", "d/e/f": "f\n", top: "top\n" });
    await using _box = box;
    const before = box.fingerprint(slot.slice(box.root.length));
    spoil(slot);

    expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
    expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
    expect(readdirSync(`${slot}/d`)).toEqual(["e", "mid"]);
    expect(readFileSync(`${slot}/d/mid`, "utf8")).toBe("hello\n");
    expect(statSync(`${slot}/d/mid`).mode & 0o7777).toBe(0o444);
    expect(statSync(`${slot}/d/mid`).mtimeMs).toBe(statSync(box.path("w/d/mid")).mtimeMs);
    for (const folder of ["", "/d", "/d/e"]) chmodSync(slot + folder, 0o555);
    expect(box.fingerprint(slot.slice(box.root.length))).toEqual(before);
  },
);

test("killed while it puts a file right, the next repair clears away, and closes the folders", async () => {
  const { box, slot } = await makeCopy({ "d/mid": "hello\n", "d/e/f": "f\n" });
  await using _ = box;
  flipByte(`${slot}/d/mid`, 1);

  const { signal } = await box.run("w", ["doctor", "--repair"], { failPoint: "slot-mending" });
  expect(signal).toBe("SIGKILL");
  expect(readdirSync(`${slot}/d`).filter((name) => name.startsWith(".jvs-mend-"))).toHaveLength(1);
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect(readdirSync(`${slot}/d`)).toEqual(["e", "mid"]);
  expect(statSync(`${slot}/d`).mode & 0o7222).toBe(0);
  expect((await diagnose(box, "--strict")).findings).toEqual([]);
});

test("what was put into the folder of a snapshot, and rights that it gained: a warning that names them", async () => {
  const { box, slot } = await makeCopy({ "d/4": "4\n", top: "top\n" });
  await using _ = box;
  expect((await diagnose(box, "--strict")).findings).toEqual([]);
  for (let at = 0; at < 20; at++) box.write({ [`${slot.slice(box.root.length)}/EXTRA${at}`]: "" });
  box.write({ [`${slot.slice(box.root.length)}/more/below`]: "" });
  chmodSync(`${slot}/d/4`, 0o4777);

  const report = await diagnose(box, "--strict");
  expect(report).toMatchObject({ healthy: true, exit: 0 });
  expect(report.findings).toMatchObject([
    { code: "folder-changed", severity: "warning", count: 22 },
  ]);
  const { out } = await box.jvs("w", "doctor", "--strict");
  expect(out).toContain("EXTRA0 (the snapshot does not hold it)");
  expect(out).toContain("; and 12 more");
  chmodSync(`${slot}/more`, 0o700);
  for (const one of [...Array(20).keys()]) rmSync(`${slot}/EXTRA${one}`);
  rmSync(`${slot}/more`, { recursive: true });
  const after = await box.jvs("w", "doctor", "--strict");
  expect(after.out).toContain("d/4 (its mode is 4777 instead of 444)");
});
