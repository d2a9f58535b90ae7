import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { systemCodeOf } from "../model/errors.ts";
import { syncFiles } from "./sync-files.ts";

test.each([1, 2, 40])("%i files are synced, and the first failure is told", async (count) => {
  const folder = mkdtempSync(`${tmpdir()}/jvs-sync-`);
  const fds: number[] = [];
  try {
    for (let at = 0; at < count; at++) {
      writeFileSync(`${folder}/${at}`, "content");
      fds.push(openSync(`${folder}/${at}`, "r"));
    }
    await syncFiles(fds);
    // No file that has content to sync.
    const random = openSync("/dev/null", "w");
    fds.push(random);
    const failure = await syncFiles(fds).catch((error: unknown) => error);
    expect(systemCodeOf(failure)).toBe("EINVAL");
    expect(String(failure)).toContain("/dev/null");
  } finally {
    fds.forEach(closeSync);
    rmSync(folder, { recursive: true });
  }
});

test("no files are no failure", async () => {
  await syncFiles([]);
});
