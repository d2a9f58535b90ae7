import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeOwnSubvolume } from "../fs/btrfs/make-own-subvolume.ts";
import { createFile, syncFolder } from "../fs/write-atomic.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { makeGeneration } from "./generation.ts";
import { holdNewRepo, taken } from "./hold-new-repo.ts";
import { formatJson } from "./json-object.ts";
import {
  controlFolders,
  generationPath,
  type Layout,
  layoutIn,
  layoutOf,
  unfinishedJvsPath,
  usualPath,
  worktreePath,
} from "./layout.ts";
import { FORMAT_VERSION, type Repo, type RepoLayout, type RepoRecord } from "./repo.ts";

export interface CreateRepoOptions {
  /** Made when it does not exist. */
  readonly root: string;
  readonly layout: RepoLayout;
  readonly now: Date;
}

/**
 * Makes a repository with the worktree `main`. All of `.jvs` is put together under another name,
 * synced, and then renamed: a crash leaves no half repository, and the next attempt clears away
 * what it did leave. Only the owner may look into `.jvs`, since it keeps the content of files whose
 * modes the user may have tightened since.
 *
 * @throws E_EXISTS when there is a `.jvs` already, whatever it is; it is not touched. E_LOCKED when
 * another process is doing the same.
 */
export function createRepo(options: CreateRepoOptions): Repo {
  const layout = layoutOf(options.root);
  mkdirSync(layout.root, { recursive: true });
  using _ = holdNewRepo(layout.root);
  return { layout, record: build(layout, options) };
}

function build(layout: Layout, options: CreateRepoOptions): RepoRecord {
  if (options.layout === "project") makeMain(layout);
  const unfinished = layoutIn(layout.root, unfinishedJvsPath(layout.root));
  rmSync(unfinished.jvs, { recursive: true, force: true });
  const record: RepoRecord = {
    repo_id: crypto.randomUUID(),
    layout: options.layout,
    created_at: options.now.toISOString(),
    engine: "auto",
  };
  try {
    writeControlFolder(unfinished, record);
  } catch (error) {
    rmSync(unfinished.jvs, { recursive: true, force: true });
    throw error;
  }
  renameUnlessTaken(unfinished.jvs, layout);
  syncFolder(layout.root);
  syncFolder(dirname(layout.root));
  return record;
}

/**
 * Makes the folder of main; one that is there is taken as it is.
 *
 * @throws E_EXISTS when something else is there: a link would have us work wherever it leads
 */
function makeMain({ root }: Layout): void {
  const path = `${root}/${usualPath("project", "main")}`;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) makeOwnSubvolume(path, "anywhere", 0o777 & ~process.umask());
  else if (!stat.isDirectory())
    throw new JvsError(
      `Cannot make a repository in "${root}": "${path}" is ${stat.isSymbolicLink() ? "a symbolic link" : "no folder"}`,
      {
        code: "E_EXISTS",
        hint: "It is where the main worktree would be: move it away, or choose another name",
        details: { path },
      },
    );
}

/** Writes a new control folder, with the worktree `main`, at the place that `layout` says. */
export function writeControlFolder(layout: Layout, record: RepoRecord): void {
  makeOwnSubvolume(layout.jvs, "in a subvolume", 0o700);
  for (const folder of controlFolders(layout)) mkdirSync(folder);
  const main: Worktree = {
    name: "main",
    path: usualPath(record.layout, "main"),
    created_at: record.created_at,
  };
  const contents = {
    [layout.gitignore]: "*\n",
    [layout.formatVersion]: `${FORMAT_VERSION}\n`,
    [layout.repoJson]: formatJson(record),
    [layout.auditLog]: "",
    [generationPath(layout)]: makeGeneration(),
    [worktreePath(layout, "main")]: formatJson(main),
  };
  for (const [path, text] of Object.entries(contents)) createFile(path, text, { sync: true });
  const { worktrees, audit, objects, gc, jvs } = layout;
  for (const folder of [worktrees, audit, objects, gc, jvs]) syncFolder(folder);
}

function renameUnlessTaken(from: string, { jvs, root }: Layout): void {
  try {
    renameSync(from, jvs);
  } catch (error) {
    rmSync(from, { recursive: true, force: true });
    if (/^(EEXIST|ENOTEMPTY|ENOTDIR)$/.test(systemCodeOf(error))) throw taken(root, error);
    throw error;
  }
}
