import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { JvsError } from "../model/errors.ts";
import { makeScratchRepo } from "../repo/scratch-repo.suite.ts";
import { writeWorktree } from "../repo/worktrees.ts";
import { checkExportTarget } from "./check-export-target.ts";

const box = makeScratchRepo();
const { root, repo } = box;
afterAll(() => box[Symbol.dispose]());

function codeOf(target: string): string {
  try {
    checkExportTarget(root, target);
    return "fine";
  } catch (error) {
    return error instanceof JvsError ? error.code : String(error);
  }
}

test("control folders are refused, by name and through links; forks in them are not", () => {
  mkdirSync(`${root}/.jvs/worktrees/f/d`, { recursive: true });
  writeWorktree(repo, { name: "f", path: ".jvs/worktrees/f", created_at: "2026-01-02T03:04:05Z" });
  symlinkSync(`${root}/.jvs/objects`, `${root}/link`);
  mkdirSync(`${root}/a/.jvs/b`, { recursive: true });
  for (const target of [".jvs/x", ".jvs/x.tar", ".jvs/descriptors/x", "link/x", ".jvs", "a/.jvs"])
    expect(codeOf(target), target).toBe("E_USAGE");
  for (const target of ["x", ".jvs/worktrees/f/x", ".jvs/worktrees/f/d/x", "a/.jvs/b/x"])
    expect(codeOf(target), target).toBe("fine");
  writeFileSync(`${root}/.jvs/format_version`, "99\n");
  expect(codeOf(".jvs/x")).toBe("E_FORMAT_UNSUPPORTED");
});

test("no name, no folder around it, archives that jvs does not write", () => {
  expect(codeOf("")).toBe("E_USAGE");
  expect(codeOf("no/such/x")).toBe("E_NOT_FOUND");
  writeFileSync(`${root}/file`, "");
  expect(() => checkExportTarget(root, "file/x")).toThrow(`"${root}/file" is no folder`);
  for (const target of ["x.tar.gz", "x.tgz", "x.zip", "x.TAR", "x.tar.zst", "x.7z"])
    expect(codeOf(target), target).toBe("E_USAGE");
  expect(checkExportTarget(root, "x.zip/")).toEqual({ path: `${root}/x.zip`, format: "folder" });
  expect(checkExportTarget(root, "x.tar/").format).toBe("folder");
  expect(checkExportTarget(root, "x.tar").format).toBe("tar");
  expect(checkExportTarget(root, "v1.2").format).toBe("folder");
});
