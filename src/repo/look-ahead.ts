import { fstatSync, lstatSync, statSync } from "../fs/files.ts";
import { isElsewhere } from "../fs/mounts.ts";
import { dirname } from "../model/path.ts";
import { beginComparison, type Comparison } from "../tree/compare-rows.ts";
import { mapIndex } from "../tree/index-file.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import {
  identityOf,
  openWorkspaceFolder,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import { hasWatcher } from "./find-watcher.ts";
import { readGeneration } from "./generation.ts";
import { indexPath, type Layout, layoutOf } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** A smaller workspace is compared by the time that a thread has started. */
const LEAST_ROWS = 2000;
const FORK = /^(.*)\/\.jvs\/worktrees\/([^/]+)$/s;

/** A workspace that is being compared with its index before the command has got there. */
export interface LookAhead extends Disposable {
  readonly index: ScanTable;
  readonly comparison: Comparison;
  readonly folder: WorkspaceFolder;
  readonly indexPath: string;
  /** What {@link logMark} said before. */
  readonly logMark: string;
}

let ahead: LookAhead | undefined;

export interface LookOptions {
  /** The current folder. */
  cwd(): string;
  readonly leastRows?: number;
}

/**
 * Begins to compare the workspace around the current folder with its index, on other cores, while
 * the code of the command is loaded and the repository opened. Which workspace that is, is guessed;
 * nothing is changed by it, and {@link takeLookAhead} takes what fits.
 */
export function lookAhead({ cwd, leastRows = LEAST_ROWS }: LookOptions = process): void {
  if (navigator.hardwareConcurrency < 2) return;
  try {
    const guess = guessPlace(cwd());
    ahead = guess && begin(guess, leastRows);
  } catch {
    // Whatever is wrong there, the command finds it, and says so.
  }
}

/**
 * What was begun for this worktree. The caller's to end, and its index to release. Undefined where
 * nothing was, or where another command has done something meanwhile: what was seen before that
 * counts no more.
 */
export function takeLookAhead(
  repo: Repo,
  worktree: string,
  folder: WorkspaceFolder,
): LookAhead | undefined {
  const found = ahead;
  if (found === undefined) return undefined;
  const isMeant =
    found.indexPath === indexPath(repo.layout, worktree) &&
    identityOf(found.folder) === identityOf(folder) &&
    identityOfFile(found.index) === statSync(found.indexPath)?.identity &&
    found.index.generation === readGeneration(repo) &&
    found.logMark === logMark(repo.layout);
  if (!isMeant) dropLookAhead();
  ahead = undefined;
  return isMeant ? found : undefined;
}

/** Ends what was begun and not taken. */
export function dropLookAhead(): void {
  if (ahead === undefined) return;
  ahead[Symbol.dispose]();
  releaseIndex(ahead.index);
  ahead = undefined;
}

interface Guess {
  readonly layout: Layout;
  readonly worktree: string;
  /** One of these is the workspace. */
  readonly folders: readonly string[];
}

function guessPlace(folder: string): Guess | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const control = lstatSync(`${at}/.jvs`);
    if (control?.isDirectory()) {
      const layout = layoutOf(at);
      return { layout, worktree: "main", folders: [at, `${at}/main`] };
    }
    const [, root, worktree] = FORK.exec(at) ?? [];
    if (root !== undefined && worktree !== undefined)
      return { layout: layoutOf(root), worktree, folders: [at] };
    if (control !== undefined || at === "/") return undefined;
  }
}

function begin({ layout, worktree, folders }: Guess, leastRows: number): LookAhead | undefined {
  if (hasWatcher(layout)) return undefined; // It knows better.
  const path = indexPath(layout, worktree);
  const mark = logMark(layout);
  const index = mapIndex(path);
  if (index === undefined) return undefined;
  const folder = index.count < leastRows ? undefined : openMeant(index, folders);
  const comparison =
    folder &&
    beginComparison(index, {
      root: folder.fd,
      trustBefore: trustedBefore(folder, Date.now()),
      leastRows,
    });
  if (folder !== undefined && comparison !== undefined) {
    const end = (): void => {
      comparison[Symbol.dispose]();
      folder[Symbol.dispose]();
    };
    return { index, comparison, folder, indexPath: path, logMark: mark, [Symbol.dispose]: end };
  }
  folder?.[Symbol.dispose]();
  releaseIndex(index);
  return undefined;
}

/** The folder that the index is about. Where each question goes to another machine, none is asked twice. */
function openMeant(index: ScanTable, folders: readonly string[]): WorkspaceFolder | undefined {
  const rootInode = (BigInt(index.inoHigh[0] as number) << 32n) | BigInt(index.inoLow[0] as number);
  for (const path of folders) {
    if (statSync(path)?.inode !== rootInode) continue;
    const folder = openWorkspaceFolder(path);
    if (!isElsewhere(folder.fd)) return folder;
    folder[Symbol.dispose]();
  }
  return undefined;
}

/** Changes with every command that did something to a workspace. */
function logMark({ auditLog }: Layout): string {
  const stat = statSync(auditLog);
  return stat === undefined ? "" : `${stat.identity} ${stat.size}`;
}

function identityOfFile({ mappedFd }: ScanTable): string | undefined {
  return mappedFd === undefined ? undefined : fstatSync(mappedFd).identity;
}
