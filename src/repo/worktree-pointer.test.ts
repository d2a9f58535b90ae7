import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { locateWorktree } from "./locate-worktree.ts";
import { findRepo } from "./repo.ts";
import { makeScratchFolder, makeScratchRepo, NOW } from "./scratch-repo.suite.ts";
import { writePointer } from "./worktree-pointer.ts";
import { writeWorktree } from "./worktrees.ts";

test("a workspace elsewhere leads to its repository, as long as that is there", () => {
  using box = makeScratchRepo("project");
  using away = makeScratchFolder();
  const { repo, root } = box;
  const fork = `${away.path}/f`;
  mkdirSync(`${fork}/deep`, { recursive: true });
  writePointer(fork, { repo_root: root, repo_id: repo.record.repo_id });
  writeWorktree(repo, { name: "f", path: fork, created_at: NOW.toISOString() });

  const found = findRepo(`${fork}/deep`);
  expect(found?.layout.root).toBe(root);
  expect(locateWorktree(repo, `${fork}/deep`)?.worktree.name).toBe("f");

  renameSync(`${root}/.jvs`, `${root}/.moved`);
  expect(() => findRepo(fork)).toThrow(
    expect.objectContaining({ code: "E_NO_REPOSITORY", hint: expect.stringContaining(fork) }),
  );
});

test("the pointer of another repository is not followed", () => {
  using box = makeScratchRepo();
  using away = makeScratchFolder();
  writePointer(away.path, { repo_root: box.root, repo_id: "another" });
  expect(() => findRepo(away.path)).toThrow("is not there any more");
});

test.each(["", "hello", "{}", '{"repo_root": "relative", "repo_id": "x"}', "[1]"])(
  "a file .jvs that says %j is not ours",
  (text) => {
    using away = makeScratchFolder();
    writeFileSync(`${away.path}/.jvs`, text);
    expect(findRepo(away.path)).toBeUndefined();
  },
);
