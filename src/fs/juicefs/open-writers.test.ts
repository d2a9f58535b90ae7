import { closeSync, mkdirSync, openSync, realpathSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromText } from "../../model/raw-path.ts";
import { makeScratchFolder } from "../../repo/scratch-repo.suite.ts";
import { filesOpenForWriting } from "./open-writers.ts";

test("files that are open for writing below a folder, not beside it, not for reading", () => {
  using scratch = makeScratchFolder();
  const path = realpathSync(scratch.path);
  mkdirSync(`${path}/a/b`, { recursive: true });
  mkdirSync(`${path}/ab`);
  for (const name of ["a/b/read", "a/b/\u00fc", "a/both", "ab/beside"])
    writeFileSync(`${path}/${name}`, "1");
  const open = [
    openSync(`${path}/a/b/read`, "r"),
    openSync(`${path}/a/b/\u00fc`, "a"),
    openSync(`${path}/a/both`, "r+"),
    openSync(`${path}/ab/beside`, "w"),
  ];
  const found = filesOpenForWriting(fromText(`${path}/a`));
  for (const fd of open) closeSync(fd);

  expect(found.sort()).toEqual([fromText("b/\u00fc"), fromText("both")]);
  expect(filesOpenForWriting(fromText(`${path}/a`))).toEqual([]);
});
