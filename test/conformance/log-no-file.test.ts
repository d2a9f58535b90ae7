import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, diagnose, makeThree } from "../doctor-box.ts";

const MAKERS: Readonly<Record<string, (path: string) => void>> = {
  "a fifo": (path) => void spawnSync("mkfifo", [path]),
  "a folder": (path) => mkdirSync(path),
  "a symbolic link": (path) => symlinkSync("nowhere", path),
};
const CASES = ["audit.jsonl", "head"].flatMap((name) =>
  Object.keys(MAKERS).map((what) => [name, what] as const),
);

test.each(CASES)(
  "audit/%s is %s: nobody waits for it, nothing is half-done, doctor names it",
  async (name, what) => {
    const { box, jvs } = await makeThree();
    await using _ = box;
    const path = `${jvs}/audit/${name}`;
    renameSync(path, `${path}.away`);
    MAKERS[what]?.(path);
    box.write({ "w/a.txt": "four\n" });
    const before = box.fingerprint("w");

    for (const argv of [
      ["snapshot", "four"],
      ["restore", "HEAD~"],
      ["undo"],
      ["pin", "add", "HEAD"],
    ]) {
      const { exit, err } = await box.jvs("w", ...argv);
      expect({ exit, err }, argv[0]).toEqual({
        exit: 1,
        err: expect.stringContaining(`audit/${name}": it is ${what}, not a file`),
      });
    }
    for (const argv of [[], ["--strict"], ["--repair"]]) {
      const report = await diagnose(box, ...argv);
      expect(report.exit).toBe(12);
      expect(report.findings).toEqual([
        expect.objectContaining({
          code: "log-unreadable",
          severity: "critical",
          path: `.jvs/audit/${name}`,
          description: expect.stringContaining(`it is ${what}, not a file`),
        }),
      ]);
    }
    expect(box.fingerprint("w")).toEqual(before);

    rmSync(`${jvs}/gc/generation`);
    expect(codes(await diagnose(box)), "the other checks go on").toHaveLength(2);
    rmSync(path, { recursive: true });
    renameSync(`${path}.away`, path);
    await box.ok("w", "snapshot", "four");
    expect(existsSync(path)).toBe(true);
  },
);
