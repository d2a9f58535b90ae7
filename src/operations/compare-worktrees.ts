import type { CompareReport } from "../model/compare-report.ts";
import { JvsError } from "../model/errors.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { sameState } from "../tree/seal-tree.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { findCommonBase } from "./common-base.ts";
import type { Context } from "./context.ts";
import { findHere } from "./find-worktree.ts";
import { comparePathsOf, countTouched, type Touched } from "./join-touched.ts";
import { readLiveState } from "./live-state.ts";
import { openRepository, type Repository, type Workspace } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { withSealed } from "./seal/seal-pending.ts";
import { stateOf, viewOf } from "./tree-of.ts";
import { workspaceOf } from "./workspace-of.ts";

export interface CompareOptions {
  /** Worktrees; one alone is compared with the one the user stands in, none means all. */
  readonly names: readonly string[];
  /** Another base than the newest snapshot that all have in common. */
  readonly base?: string;
}

/**
 * Which worktrees touched which paths since their common base, and where they overlap. Looks at the
 * workspaces as they are, unsaved work included.
 *
 * @throws E_NO_REPOSITORY, E_NAME_INVALID, E_NOT_FOUND, E_AMBIGUOUS, E_USAGE
 */
export function compareWorktrees(ctx: Context, options: CompareOptions): Promise<CompareReport> {
  return withSealed(ctx, () => compare(ctx, options));
}

async function compare(
  ctx: Context,
  { names, base: wanted }: CompareOptions,
): Promise<CompareReport> {
  const repository = openRepository(ctx);
  const here = findHere(repository.repo, ctx);
  const workspaces = chooseNames(repository, names, here?.name).map((name) =>
    workspaceOf(repository, name),
  );
  const { repo } = repository;
  const baseId =
    wanted === undefined
      ? findCommonBase(
          repo,
          workspaces.map(({ worktree }) => worktree),
        )
      : resolveRef({ repo, worktree: here, now: ctx.now() }, wanted).snapshot_id;
  const base = baseId === undefined ? null : readDescriptor(repo, baseId);
  const touched: Touched[] = [];
  for (const workspace of workspaces) touched.push(await readTouched(ctx, workspace, base));
  return reportOf(base, touched);
}

function chooseNames(
  { repo }: Repository,
  names: readonly string[],
  here: string | undefined,
): string[] {
  const all = names.length > 0 ? [...names] : listWorktrees(repo).worktrees.map(({ name }) => name);
  const both = all.length === 1 && here !== undefined ? [here, ...all] : all;
  const chosen = [...new Set(both)];
  if (chosen.length > 1) return chosen;
  throw new JvsError("Cannot compare: it takes two worktrees", {
    code: "E_USAGE",
    hint: "`jvs worktree list` shows what there is, `jvs fork` makes one, `jvs diff` compares snapshots",
  });
}

async function readTouched(
  ctx: Context,
  workspace: Workspace,
  base: Descriptor | null,
): Promise<Touched> {
  const { repo, store, worktree } = workspace;
  const live = await readLiveState(ctx, workspace);
  const { head_snapshot_id: head } = worktree;
  const isSaved =
    head === undefined
      ? live.tree.entries === 0
      : sameState(stateOf(readDescriptor(repo, head)), live.tree);
  return {
    name: worktree.name,
    head: head ?? null,
    unsaved: !isSaved,
    changes: [...diffTrees(viewOf(store, base), liveFolder(live.scan.table))],
  };
}

function reportOf(base: Descriptor | null, touched: readonly Touched[]): CompareReport {
  const paths = comparePathsOf(touched);
  const count = (overlap: string): number => paths.filter((one) => one.overlap === overlap).length;
  return {
    base_snapshot_id: base?.snapshot_id ?? null,
    base_note: base?.note ?? "",
    base_created_at: base?.created_at ?? null,
    worktrees: touched.map(({ name, head, unsaved, changes }) => ({
      name,
      head_snapshot_id: head,
      unsaved,
      counts: countTouched(changes),
    })),
    paths,
    overlaps: { same: count("same"), differ: count("differ") },
  };
}
