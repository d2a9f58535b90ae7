import { mkdirSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { faultOfPlace } from "./owned-workspace.ts";
import { makeScratchFolder, makeScratchRepo, NOW } from "./scratch-repo.suite.ts";
import { writePointer } from "./worktree-pointer.ts";
import { writeWorktree } from "./worktrees.ts";

test("a record may name the usual place, or one that is nobody's", () => {
  using box = makeScratchRepo("project");
  using outside = makeScratchFolder();
  const { root, repo } = box;
  const why = (path: string, name = "f"): string | undefined =>
    faultOfPlace(repo, { name, path })?.why;
  for (const [name, path] of [
    ["main", "main"],
    ["g", "worktrees/g"],
  ] as const)
    writeWorktree(repo, { name, path, created_at: NOW.toISOString() });
  mkdirSync(`${root}/worktrees/g/deep`, { recursive: true });

  expect(why("worktrees/f")).toBeUndefined();
  expect(why("elsewhere")).toBeUndefined();
  expect(why(".jvs")).toBe("lies in .jvs");
  expect(why(".jvs/objects")).toBe("lies in .jvs");
  expect(why(".jvs/./worktrees")).toBe("lies in .jvs");
  expect(why(".")).toBe("holds the repository");
  expect(why("/")).toBe("holds the repository");
  expect(why("worktrees")).toContain("where other worktrees have their places");
  expect(why("worktrees/g/deep")).toContain("where other worktrees have their places");
  expect(why("main")).toBe("is that of the worktree 'main'");
  expect(why(`${root}/main`)).toBe("is that of the worktree 'main'");
  expect(why("main/sub")).toBe("lies inside the worktree 'main'");
  expect(why("worktrees/f", "main")).toBe("is not the place of main");

  expect(why(outside.path)).toBe("does not belong to this repository");
  expect(why(`${outside.path}/new`)).toBeUndefined();
  writePointer(outside.path, { repo_root: root, repo_id: repo.record.repo_id });
  expect(why(outside.path)).toBeUndefined();
  writeWorktree(repo, { name: "far", path: outside.path, created_at: NOW.toISOString() });
  expect(why(outside.path)).toBe("is that of the worktree 'far'");
  expect(why(`${outside.path}/in`)).toBe("lies inside the worktree 'far'");
});

test("no part of the way below the repository's folder may be a link; two names of one folder are seen", () => {
  using box = makeScratchRepo("project");
  using victim = makeScratchFolder();
  const { root, repo } = box;
  symlinkSync(victim.path, `${root}/worktrees`);
  expect(faultOfPlace(repo, { name: "f", path: "worktrees/f" })).toMatchObject({
    why: `is reached through the symbolic link "${root}/worktrees"`,
    link: `${root}/worktrees`,
  });
  using outside = makeScratchFolder();
  mkdirSync(`${outside.path}/far`);
  symlinkSync(outside.path, `${outside.path}/alias`);
  writePointer(`${outside.path}/far`, { repo_root: root, repo_id: repo.record.repo_id });
  const path = `${outside.path}/far`;
  writeWorktree(repo, { name: "far", path, created_at: NOW.toISOString() });
  expect(faultOfPlace(repo, { name: "f", path: `${outside.path}/alias/far` })?.why).toBe(
    "is that of the worktree 'far'",
  );
});
