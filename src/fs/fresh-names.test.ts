import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RawPath } from "../model/raw-path.ts";
import { closeFd, openFolder } from "./at.ts";
import { FreshNames } from "./fresh-names.ts";
import { AT_FDCWD } from "./libc.ts";

test("a folder is listed for many names in it, not for few", () => {
  const path = mkdtempSync(join(tmpdir(), "jvs-fresh-"));
  const fd = openFolder(AT_FDCWD, path as RawPath);
  const listed: number[] = [];
  const lister = { readAll: (folder: number) => listed.push(folder) };
  try {
    const names = new FreshNames(fd, lister);
    for (const size of [100, 100, 100, 100]) names.beforeOpening(7, size);
    expect(listed, "at the third name, and that holds for a while").toEqual([7]);
    names.leave();
    for (let at = 0; at < 20; at++) names.beforeOpening(8, 100_000);
    expect(listed, "a long listing for twenty names").toEqual([7]);
  } finally {
    closeFd(fd);
    rmSync(path, { recursive: true });
  }
});
