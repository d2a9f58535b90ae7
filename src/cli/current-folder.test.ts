import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { currentFolder } from "./current-folder.ts";

let box = "";

beforeEach(() => {
  box = realpathSync(mkdtempSync(join(tmpdir(), "jvs-test-")));
  mkdirSync(join(box, "real/sub"), { recursive: true });
  mkdirSync(join(box, "other"));
  symlinkSync("real", join(box, "link"));
});

afterEach(() => rmSync(box, { recursive: true }));

test("the way the user came is kept", () => {
  expect(currentFolder(join(box, "real/sub"), join(box, "link/sub"))).toBe(join(box, "link/sub"));
});

test.each(["", "link", "missing"])("$PWD that says %j is not believed", (pwd) => {
  const physical = join(box, "real");

  expect(currentFolder(physical, pwd === "" ? join(box, "other") : pwd)).toBe(physical);
  expect(currentFolder(physical, join(box, "nowhere"))).toBe(physical);
});
