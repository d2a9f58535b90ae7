import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeScratchFolder } from "../repo/scratch-repo.suite.ts";
import { endLease, isBeingWritten, leaseForReading } from "./file-io.ts";

test("sees who has a file open for writing, and no one who reads", () => {
  using folder = makeScratchFolder();
  writeFileSync(`${folder.path}/a`, "a");
  const fd = openSync(`${folder.path}/a`, "r");
  const reader = openSync(`${folder.path}/a`, "r");
  expect(isBeingWritten(fd)).toBe(false);
  const writer = openSync(`${folder.path}/a`, "r+");
  expect(isBeingWritten(fd)).toBe(true);
  closeSync(writer);
  expect(isBeingWritten(fd)).toBe(false);
  for (const open of [fd, reader]) closeSync(open);
});

test("a program that opens the file at that very moment ends nobody", async () => {
  using folder = makeScratchFolder();
  const path = `${folder.path}/a`;
  writeFileSync(path, "a");
  const asker = `
    import { openSync } from "node:fs";
    import { isBeingWritten } from "${import.meta.dirname}/file-io.ts";
    const fd = openSync("${path}", "r");
    for (let index = 0; index < 20_000; index++) isBeingWritten(fd);
  `;
  const child = Bun.spawn([process.execPath, "-e", asker], { stderr: "pipe" });
  while (child.exitCode === null && child.signalCode === null) {
    for (let index = 0; index < 1000; index++) closeSync(openSync(path, "r+"));
    await Bun.sleep(0);
  }
  expect([child.exitCode, child.signalCode, await new Response(child.stderr).text()]).toEqual([
    0,
    null,
    "",
  ]);
});

test("a lease tells who writes, and whoever comes meanwhile waits and harms nobody", async ({
  skip,
}) => {
  const folder = mkdtempSync(join(tmpdir(), "jvs-lease-"));
  const file = join(folder, "file");
  writeFileSync(file, "");
  const fd = openSync(file, "r");
  const writer = openSync(file, "a");
  try {
    const before = leaseForReading(fd);
    if (before === "unknown") return skip("this file system grants no leases");
    expect(before).toBe("somebody writes");
    expect(isBeingWritten(fd)).toBe(true);
    closeSync(writer);
    expect(leaseForReading(fd)).toBe("nobody writes");
    // The kernel tells us by a signal that somebody waits; the usual one ends the process.
    const child = Bun.spawn(["sh", "-c", 'echo more >> "$0"', file]);
    await Bun.sleep(200);
    expect(readFileSync(file, "utf8")).toBe("");
    endLease(fd);
    await child.exited;
    expect(readFileSync(file, "utf8")).toBe("more\n");
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});
