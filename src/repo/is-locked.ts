import { closeSync, existsSync } from "node:fs";
import { worktreeLockPath } from "./layout.ts";
import { tryLockPath } from "./lock-file.ts";
import type { Repo } from "./repo.ts";

/** Whether a living process is at work in the worktree of that name. */
export function isWorktreeLocked({ layout }: Repo, name: string): boolean {
  const path = worktreeLockPath(layout, name);
  if (!existsSync(path)) return false;
  const fd = tryLockPath(path);
  if (fd === undefined) return true;
  closeSync(fd);
  return false;
}
