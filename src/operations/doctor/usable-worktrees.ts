import type { Worktree } from "../../model/worktree.ts";
import { workspacePath } from "../../repo/layout.ts";
import { faultOfPlace } from "../../repo/owned-workspace.ts";
import type { Exam } from "./exam.ts";

/** The worktrees whose folders may be looked into, and where those are. */
export function listUsableWorktrees({
  repo,
  worktrees: { worktrees },
}: Pick<Exam, "repo" | "worktrees">): { worktree: Worktree; path: string }[] {
  return worktrees
    .filter((worktree) => faultOfPlace(repo, worktree, () => worktrees) === undefined)
    .map((worktree) => ({ worktree, path: workspacePath(repo.layout, worktree.path) }));
}
