import { closeSync, openSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeScratchFolder } from "../repo/scratch-repo.suite.ts";
import { isBeingWritten } from "./file-io.ts";

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
