import { JvsError } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { checkName } from "../repo/names.ts";
import type { Repo } from "../repo/repo.ts";
import { hasWorktree, listWorktrees, readWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";

/** The worktree that `init` makes. It can be neither removed nor renamed. */
export const MAIN = "main";

/**
 * The worktree of that name, as a user typed it.
 *
 * @throws E_NAME_INVALID, E_CONFIG, E_NOT_FOUND with what there is
 */
export function getWorktree(repo: Repo, typed: string): Worktree {
  const name = checkName("worktree", typed);
  try {
    return readWorktree(repo, name);
  } catch (error) {
    if (!(error instanceof JvsError) || error.code !== "E_NOT_FOUND") throw error;
    throw new JvsError(error.message, {
      code: "E_NOT_FOUND",
      hint: suggestWorktrees(repo, name),
      details: { name },
      cause: error,
    });
  }
}

/** The worktree that the user stands in, if any. A garbled record of another one keeps nobody from working. */
export function findHere(repo: Repo, { cwd }: Context): Worktree | undefined {
  try {
    return locateWorktree(repo, cwd)?.worktree;
  } catch (error) {
    if (error instanceof JvsError && error.code === "E_CONFIG") return undefined;
    throw error;
  }
}

/** @throws E_EXISTS in the words that users know */
export function refuseTakenName(repo: Repo, name: string, doing: string): void {
  if (!hasWorktree(repo, name)) return;
  throw new JvsError(`${doing}: worktree ${name} already exists`, {
    code: "E_EXISTS",
    hint: "Choose another name; `jvs worktree list` shows those that are taken",
    details: { name },
  });
}

function suggestWorktrees(repo: Repo, typed: string): string {
  const names = listWorktrees(repo).worktrees.map(({ name }) => name);
  const wanted = typed.toLowerCase();
  const close =
    names.find((name) => name.toLowerCase().startsWith(wanted)) ??
    names.find((name) => name.toLowerCase().includes(wanted));
  if (close !== undefined) return `Did you mean: ${close}?`;
  return names.length === 0
    ? "No worktrees exist yet."
    : `Available worktrees: ${names.join(", ")}`;
}
