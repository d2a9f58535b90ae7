import { JvsError } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { withFolderOf } from "../repo/folders.ts";
import { readGeneration } from "../repo/generation.ts";
import { indexPath } from "../repo/layout.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { findRepo, type Repo } from "../repo/repo.ts";
import { type ObjectStore, openStore } from "../store/object-store.ts";
import { readIndex, writeIndex } from "../tree/index-file.ts";
import { recheckStored } from "../tree/recheck-stored.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import type { Context } from "./context.ts";

/** A repository that is open for work. */
export interface Repository {
  readonly repo: Repo;
  readonly store: ObjectStore;
}

/** The workspace that the user stands in. `worktree` is as it was read: under a lock it is read again. */
export interface Workspace extends Repository {
  readonly worktree: Worktree;
  /** Absolute. */
  readonly path: string;
}

const NO_REPOSITORY = "not a JVS repository (or any parent)";
const NO_WORKSPACE =
  "not a JVS repository: no JVS repository found (no .jvs/ in parent directories)";

/** @throws E_NO_REPOSITORY, E_FORMAT_UNSUPPORTED, E_CONFIG */
export function openRepository(ctx: Context, complaint: string = NO_REPOSITORY): Repository {
  const repo = findRepo(ctx.cwd);
  if (repo !== undefined) return { repo, store: openStore(repo.layout.objects) };
  throw new JvsError(complaint, {
    code: "E_NO_REPOSITORY",
    hint: "Run `jvs init` here to take this folder, or `jvs init <name>` to start a new project",
    details: { cwd: ctx.cwd },
  });
}

/** @throws E_NO_REPOSITORY, also in a repository but outside of every workspace */
export function openWorkspace(ctx: Context): Workspace {
  const repository = openRepository(ctx, NO_WORKSPACE);
  const found = locateWorktree(repository.repo, ctx.cwd);
  if (found !== undefined)
    return { ...repository, worktree: found.worktree, path: found.workspace };
  throw new JvsError("not inside a worktree (current directory is not under main/ or worktrees/)", {
    code: "E_NO_REPOSITORY",
    hint: `Run \`cd "${repository.repo.layout.root}/main"\` first`,
    details: { cwd: ctx.cwd, repo_root: repository.repo.layout.root },
  });
}

/**
 * What the workspace looked like the last time, or undefined. What it says about stored content is
 * good for as long as the caller shares the lock of the store.
 */
export function loadIndex({ repo, store, worktree }: Workspace): ScanTable | undefined {
  const generation = readGeneration(repo);
  const table = readIndex(indexPath(repo.layout, worktree.name));
  if (table === undefined || table.generation === generation) return table;
  recheckStored(table, (id) => store.isWhole(id));
  // While content is swept, and where a sweep was cut short, the next command looks again.
  table.generation = generation ?? 0;
  return table;
}

/** Remembers what the workspace looks like. A cache: when it cannot be written, time is lost, no more. */
export function saveIndex({ repo, worktree }: Workspace, table: ScanTable): void {
  try {
    const path = indexPath(repo.layout, worktree.name);
    withFolderOf(path, () => writeIndex(path, table));
  } catch {
    // A full or read-only disk: whatever matters has been written, or was not asked for.
  }
}
