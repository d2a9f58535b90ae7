import { chooseEngine } from "../engines/choose-engine.ts";
import { JvsError } from "../model/errors.ts";
import { pathFields } from "../model/raw-path.ts";
import type { ConversionReport, InitReport } from "../model/reports.ts";
import { checkFolderIsSafe } from "../repo/check-folder.ts";
import { couldBeSubvolume } from "../repo/could-be-subvolume.ts";
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
  /** On btrfs: makes the current folder a subvolume first. */
  readonly subvolume: boolean;
}

/**
 * Starts a repository. Nothing that is there is moved or changed; with `subvolume` all that is in the
 * folder is cloned into a new one that takes its place.
 *
 * @throws E_EXISTS, E_NESTED_REPOSITORY, E_UNSAFE_FOLDER, E_NAME_INVALID, E_ENGINE_UNUSABLE; with
 *   `subvolume` what convertFolder throws
 */
export async function initRepository(ctx: Context, options: InitOptions): Promise<InitReport> {
  const { name } = options;
  const root = name === undefined ? ctx.cwd : `${ctx.cwd}/${checkName("repository", name)}`;
  refuseNested(ctx.cwd, root);
  if (name === undefined && !options.force) checkFolderIsSafe(root, ctx.home);
  const conversion = await prepareFolder(ctx, root, options);
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
  const workspace = workspacePath(repo.layout, readWorktree(repo, "main").path);
  return {
    format_version: 2,
    repo_id: repo.record.repo_id,
    repo_root: repo.layout.root,
    layout,
    workspace,
    engine: chooseEngine(ctx.engine, { workspace, control: repo.layout.jvs }).engine.name,
    ...(couldBeSubvolume(workspace) && { could_be_subvolume: true }),
    ...(conversion && { conversion }),
  };
}

/** Where an engine was asked for, it must work before anything is made. */
async function prepareFolder(
  ctx: Context,
  root: string,
  { subvolume }: InitOptions,
): Promise<ConversionReport | undefined> {
  const isForSubvolumes = ctx.engine === "btrfs-snapshot";
  if (!subvolume || !isForSubvolumes)
    chooseEngine(ctx.engine, { workspace: ctx.cwd, control: ctx.cwd });
  if (!subvolume) return undefined;
  const { convertFolder } = await import("../repo/convert-folder.ts");
  const done = await convertFolder(root, ctx.progress);
  if (done === undefined) return undefined;
  const { kept, late, parted, processes } = done;
  return {
    ...(kept === undefined ? {} : { kept }),
    late: late.map(pathFields),
    parted: parted.map(pathFields),
    processes,
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
