import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeAll } from "./write-all.ts";

test("text and bytes arrive whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "jvs-test-"));
  const path = join(folder, "file");
  const fd = openSync(path, "w");

  writeAll(fd, "é\n", "the file");
  writeAll(fd, new Uint8Array(3_000_000).fill(120), "the file");
  closeSync(fd);

  expect(readFileSync(path).length).toBe(3_000_003);
  rmSync(folder, { recursive: true });
});

test("a failure names what was written to", () => {
  const fd = openSync("/dev/full", "w");
  let failure: unknown;
  try {
    writeAll(fd, "x", "standard output");
  } catch (error) {
    failure = error;
  }
  closeSync(fd);

  expect(failure).toMatchObject({
    code: "E_NO_SPACE",
    message: 'Cannot write to "standard output": no space left on the disk',
    hint: expect.stringContaining("Only the output is missing"),
  });
});
