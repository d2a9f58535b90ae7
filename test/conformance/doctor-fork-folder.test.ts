import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";

test("the folder for forks is none: doctor says so before the first fork fails", async () => {
  await using box = makeSandbox({ "elsewhere/x": "" });
  await box.ok("", "init", "p");
  const path = box.path("p/worktrees");
  rmSync(path, { recursive: true, force: true });
  for (const [what, make] of [
    ["a symbolic link", () => symlinkSync("../elsewhere", path)],
    ["a file", () => writeFileSync(path, "")],
  ] as const) {
    make();
    const { exit, out } = await box.jvs("p/main", "doctor", "--json");
    expect(exit).toBe(12);
    expect(JSON.parse(out).findings).toEqual([
      expect.objectContaining({
        code: "fork-folder-no-folder",
        severity: "error",
        path: "worktrees",
        description: expect.stringContaining(what),
      }),
    ]);
    rmSync(path);
  }
  mkdirSync(path);
  await box.ok("p/main", "doctor");
});
