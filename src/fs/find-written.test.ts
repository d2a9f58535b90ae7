import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromText } from "../model/raw-path.ts";
import { closeFd, openFolder } from "./at.ts";
import { findWritten } from "./find-written.ts";
import { AT_FDCWD } from "./libc.ts";

test("finds what is open for writing at any depth, and nothing that is only read", () => {
  const folder = mkdtempSync(join(tmpdir(), "jvs-written-"));
  const root = openFolder(AT_FDCWD, fromText(folder));
  mkdirSync(join(folder, "a/b"), { recursive: true });
  for (const name of ["a/b/log", "a/read", "z"]) writeFileSync(join(folder, name), "x");
  symlinkSync("a/b/log", join(folder, "link"));
  const reader = openSync(join(folder, "a/read"), "r");
  const writers = ["a/b/log", "z"].map((name) => openSync(join(folder, name), "a"));
  expect(findWritten(root)).toEqual(["a/b/log", "z"]);
  for (const fd of [reader, ...writers]) closeSync(fd);
  expect(findWritten(root)).toEqual([]);
  closeFd(root);
  rmSync(folder, { recursive: true });
});
