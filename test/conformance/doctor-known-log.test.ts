import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, diagnose, makeThree } from "../doctor-box.ts";

/** The note that is taken is itself a new end of the log. */
const ENDS: readonly string[] = ["log-empty", "log-end-missing"];

const DAMAGES: Readonly<Record<string, (lines: string[]) => string[]>> = {
  garbled: (lines) => lines.with(1, "garbage"),
  "garbled at the end": (lines) => [...lines, "garbage"],
  "written twice": (lines) => [...lines.slice(0, 2), ...lines.slice(1)],
  missing: (lines) => lines.toSpliced(1, 1),
  "missing at the beginning": (lines) => lines.slice(1),
  "missing at the end": (lines) => lines.slice(0, -2),
  altered: (lines) => lines.with(2, lines[2]?.replace('"two"', '"owt"') ?? ""),
  "all gone": () => [],
};

test.each(Object.entries(DAMAGES))(
  "lines %s: --repair takes note of it, and rewrites nothing",
  async (_name, damage) => {
    const { box, jvs } = await makeThree();
    await using _ = box;
    const path = `${jvs}/audit/audit.jsonl`;
    const lines = damage(readFileSync(path, "utf8").trimEnd().split("\n"));
    const damaged = lines.map((line) => `${line}\n`).join("");
    writeFileSync(path, damaged);

    const found = await diagnose(box);
    expect(found.exit).toBe(12);
    const repaired = await diagnose(box, "--repair");
    expect(repaired).toMatchObject({ exit: 0, healthy: true });
    expect(repaired.repairs.map(({ id }) => id)).toContain("acknowledge_log");
    expect(new Set(codes(repaired))).toEqual(
      new Set(codes(found).filter((code) => !ENDS.includes(code))),
    );
    expect(new Set(repaired.findings.map(({ severity }) => severity))).toEqual(new Set(["info"]));
    expect(readFileSync(path, "utf8").startsWith(damaged)).toBe(true);

    // It stays known, everything works, and new damage shows.
    box.write({ "w/a.txt": "four\n" });
    await box.ok("w", "snapshot", "four");
    await box.ok("w", "operations");
    await box.ok("w", "undo");
    await box.ok("w", "gc", "--now");
    expect((await diagnose(box, "--strict")).exit).toBe(0);
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace('"four"', '"furo"'));
    expect((await diagnose(box)).exit).toBe(12);
    writeFileSync(path, whole);
    expect((await diagnose(box)).exit).toBe(0);
  },
);

test("the note itself is cut off again: then nothing is known any more", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const path = `${jvs}/audit/audit.jsonl`;
  const damaged = readFileSync(path, "utf8").replace('"two"', '"owt"');
  writeFileSync(path, damaged);
  expect((await diagnose(box, "--repair")).exit).toBe(0);
  writeFileSync(path, damaged);

  expect((await diagnose(box)).exit).toBe(12);
  rmSync(path);
  expect((await diagnose(box)).exit).toBe(12);
});
