import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { makeScratchFolder } from "../repo/scratch-repo.suite.ts";
import { createFile, syncFile, syncFolder, writeAtomic } from "./write-atomic.ts";

test.each([true, "content", false] as const)(
  "writes and replaces, and leaves nothing beside it (sync: %s)",
  (sync) => {
    using folder = makeScratchFolder();
    const path = `${folder.path}/a`;

    writeAtomic(path, "one", { sync });
    writeAtomic(path, "zwölf", { sync, soleWriter: true });

    expect(readFileSync(path, "utf8")).toBe("zwölf");
    expect(readdirSync(folder.path)).toEqual(["a"]);
  },
);

test.each([true, false])(
  "leaves the old content and no temporary file on failure (soleWriter: %s)",
  (soleWriter) => {
    using folder = makeScratchFolder();
    mkdirSync(`${folder.path}/a/in-the-way`, { recursive: true });

    const write = (): void => writeAtomic(`${folder.path}/a`, "x", { sync: false, soleWriter });

    expect(write).toThrow(expect.objectContaining({ code: "EISDIR", path: `${folder.path}/a` }));
    expect(readdirSync(folder.path)).toEqual(["a"]);
  },
);

test("does not write through a link that waits where the temporary file goes", () => {
  using folder = makeScratchFolder();
  writeFileSync(`${folder.path}/precious`, "precious");
  symlinkSync("precious", `${folder.path}/a.tmp`);

  writeAtomic(`${folder.path}/a`, "x", { sync: false, soleWriter: true });

  expect(readFileSync(`${folder.path}/precious`, "utf8")).toBe("precious");
  expect(readFileSync(`${folder.path}/a`, "utf8")).toBe("x");
});

test("createFile refuses what is there, be it a link into nothing", () => {
  using folder = makeScratchFolder();
  symlinkSync("nowhere", `${folder.path}/a`);

  expect(() => createFile(`${folder.path}/a`, "x", { sync: true })).toThrow(
    expect.objectContaining({ code: "EEXIST" }),
  );
  expect(readdirSync(folder.path)).toEqual(["a"]);
});

test("syncs files and folders, and says when they are not there", () => {
  using folder = makeScratchFolder();
  writeFileSync(`${folder.path}/a`, "");
  chmodSync(`${folder.path}/a`, 0o444);

  syncFile(`${folder.path}/a`);
  syncFolder(folder.path);

  expect(() => syncFile(`${folder.path}/b`)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  expect(() => syncFolder(`${folder.path}/a`)).toThrow(
    expect.objectContaining({ code: "ENOTDIR" }),
  );
});
