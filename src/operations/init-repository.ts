import { chooseEngine } from "../engines/choose-engine.ts";
import { JvsError } from "../model/errors.ts";
import type { InitReport } from "../model/reports.ts";
import { checkFolderIsSafe } from "../repo/check-folder.ts";
import { createRepo } from "../repo/create-repo.ts";
import { workspacePath } from "../repo/layout.ts";
import { checkName } from "../repo/names.ts";
import { appendOperation } from "../repo/operation-log.ts";
import { findRepo } from "../repo/repo.ts";
import { readWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";

export interface InitOptions {
  /** Makes a project folder of that name; without it the current folder is taken as it is. */
  readonly name?: string;
  /** Also take `/`, the home folder, or the root of a mount. */
  readonly force: boolean;
}

/**
 * Starts a repository. Nothing that is there is moved or changed.
 *
 * @throws E_EXISTS, E_NESTED_REPOSITORY, E_UNSAFE_FOLDER, E_NAME_INVALID, E_ENGINE_UNUSABLE
 */
export async function initRepository(
  ctx: Context,
  { name, force }: InitOptions,
): Promise<InitReport> {
  const root = name === undefined ? ctx.cwd : `${ctx.cwd}/${checkName("repository", name)}`;
  refuseNested(ctx.cwd, root);
  if (name === undefined && !force) checkFolderIsSafe(root, ctx.home);
  const { engine } = chooseEngine(ctx.engine, { workspace: ctx.cwd, control: ctx.cwd });
  const layout = name === undefined ? "in-place" : "project";
  const repo = createRepo({ root, layout, now: ctx.now() });
  appendOperation(repo, {
    operation: "init",
    actor: ctx.actor,
    target: repo.record.repo_id,
    reason: name ?? "",
    refs: {},
    now: ctx.now(),
  });
  return {
    format_version: 2,
    repo_id: repo.record.repo_id,
    repo_root: repo.layout.root,
    layout,
    workspace: workspacePath(repo.layout, readWorktree(repo, "main").path),
    engine: engine.name,
  };
}

function refuseNested(cwd: string, root: string): void {
  const around = findRepo(cwd);
  if (around === undefined) return;
  const at = around.layout.root;
  if (at === root)
    throw new JvsError(`Cannot start a repository in "${root}": there is one already`, {
      code: "E_EXISTS",
      hint: "Nothing was changed; `jvs status` shows it",
      details: { repo_root: at },
    });
  throw new JvsError(
    `Cannot start a repository in "${root}": it lies inside the repository "${at}"`,
    {
      code: "E_NESTED_REPOSITORY",
      hint: `"${at}" already takes snapshots of everything below it; start one outside of it instead`,
      details: { repo_root: at },
    },
  );
}
