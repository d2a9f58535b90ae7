import { closeSync, openSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeScratchFolder } from "../repo/scratch-repo.suite.ts";
import { tryLockFile } from "./flock.ts";

test("one holder at a time, until its descriptor is closed", () => {
  using folder = makeScratchFolder();
  const [one, other] = [openSync(`${folder.path}/a`, "w"), openSync(`${folder.path}/a`, "w")];

  expect(tryLockFile(one)).toBe(true);
  expect(tryLockFile(one)).toBe(true);
  expect(tryLockFile(other)).toBe(false);
  closeSync(one);
  expect(tryLockFile(other)).toBe(true);
  closeSync(other);
});

test("locks a folder too", () => {
  using folder = makeScratchFolder();
  const [one, other] = [openSync(folder.path, "r"), openSync(folder.path, "r")];

  expect([tryLockFile(one), tryLockFile(other)]).toEqual([true, false]);
  closeSync(one);
  closeSync(other);
});

test("tells what the system says", () => {
  expect(() => tryLockFile(987_654, "some/file")).toThrow(
    expect.objectContaining({ code: "EBADF", path: "some/file" }),
  );
});

test("a file that was opened is not handed to programs that are started", () => {
  using folder = makeScratchFolder();
  const fd = openSync(`${folder.path}/a`, "w");
  const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";

  expect(Number.parseInt(flags, 8) & 0o2000000).toBe(0o2000000);
  closeSync(fd);
});
