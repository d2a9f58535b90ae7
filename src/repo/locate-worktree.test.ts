import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { worktreePath } from "./layout.ts";
import { locateWorktree } from "./locate-worktree.ts";
import { findRepo, type Repo } from "./repo.ts";
import { makeScratchFolder, makeScratchRepo, NOW } from "./scratch-repo.suite.ts";
import { writePointer } from "./worktree-pointer.ts";
import { writeWorktree } from "./worktrees.ts";

function addFork(repo: Repo, name: string, path: string): void {
  writeWorktree(repo, { name, path, created_at: NOW.toISOString() });
}

function nameAt(repo: Repo, folder: string): string | undefined {
  return locateWorktree(repo, folder)?.worktree.name;
}

test("in place, the root and all below is main, but control folders are nobody's", () => {
  using box = makeScratchRepo("in-place");
  const { root, repo } = box;
  addFork(repo, "fork", ".jvs/worktrees/fork");

  expect(locateWorktree(repo, `${root}/a/b`)).toEqual({
    worktree: expect.objectContaining({ name: "main" }),
    workspace: root,
  });
  expect(nameAt(repo, root)).toBe("main");
  expect(nameAt(repo, `${root}/`)).toBe("main");
  expect(nameAt(repo, `${root}/.jvs-notes`)).toBe("main");
  expect(nameAt(repo, `${root}/.jvs`)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/objects`)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/worktrees`)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/worktrees/other`)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/worktrees/forked`)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/worktrees/fork`)).toBe("fork");
  expect(nameAt(repo, `${root}/.jvs/worktrees/fork/deep/er`)).toBe("fork");
  expect(nameAt(repo, `${root}/..`)).toBeUndefined();
});

test("in a project, main and forks are found, the rest is nobody's", () => {
  using box = makeScratchRepo("project");
  const { root, repo } = box;
  addFork(repo, "fork", "worktrees/fork");

  expect(nameAt(repo, `${root}/main`)).toBe("main");
  expect(nameAt(repo, `${root}/main/x`)).toBe("main");
  expect(nameAt(repo, `${root}/mainly`)).toBeUndefined();
  expect(nameAt(repo, `${root}/worktrees/fork/x`)).toBe("fork");
  expect(nameAt(repo, `${root}/worktrees`)).toBeUndefined();
  expect(nameAt(repo, root)).toBeUndefined();
  expect(nameAt(repo, `${root}/.jvs/worktrees`)).toBeUndefined();
});

test("forks elsewhere are found when they say that they belong here, and in nobody's folder", () => {
  using box = makeScratchRepo("in-place");
  using outside = makeScratchFolder();
  const { root, repo } = box;
  addFork(repo, "far", outside.path);
  expect(nameAt(repo, `${outside.path}/x`)).toBeUndefined(); // It does not say that it belongs here.
  writePointer(outside.path, { repo_root: root, repo_id: repo.record.repo_id });
  addFork(repo, "inner", `${root}/sub`);

  expect(nameAt(repo, `${outside.path}/x`)).toBe("far");
  expect(nameAt(repo, `${root}/sub/x`)).toBe("main");
  expect(nameAt(repo, `${root}/x`)).toBe("main");
});

test("follows links when the path as written lies outside", () => {
  using box = makeScratchRepo("project");
  using outside = makeScratchFolder();
  mkdirSync(`${box.root}/main/deep`);
  symlinkSync(`${box.root}/main/deep`, `${outside.path}/link`);

  expect(nameAt(box.repo, `${outside.path}/link`)).toBe("main");
});

test("keeps the prefix of a repository that was reached through a link", () => {
  using box = makeScratchRepo("project");
  using outside = makeScratchFolder();
  symlinkSync(box.root, `${outside.path}/link`);
  const repo = findRepo(`${outside.path}/link/main`) as Repo;

  expect(locateWorktree(repo, `${outside.path}/link/main`)?.workspace).toBe(
    `${outside.path}/link/main`,
  );
  expect(nameAt(repo, `${box.root}/main`)).toBe("main");
});

test("works after the whole project was moved", () => {
  using box = makeScratchRepo("project");
  using outside = makeScratchFolder();
  renameSync(box.root, `${outside.path}/moved`);
  const repo = findRepo(`${outside.path}/moved`) as Repo;

  expect(locateWorktree(repo, `${outside.path}/moved/main`)?.workspace).toBe(
    `${outside.path}/moved/main`,
  );
});

test("names the garbled record when nothing fits", () => {
  using box = makeScratchRepo("project");
  writeFileSync(worktreePath(box.repo.layout, "main"), "garbled");

  expect(() => locateWorktree(box.repo, `${box.root}/main`)).toThrow(
    expect.objectContaining({ code: "E_CONFIG", message: expect.stringContaining("main.json") }),
  );
});
