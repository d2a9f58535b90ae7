import type { ShowReport } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import type { Repo } from "../repo/repo.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { TreeChanges } from "../tree/tree-changes.ts";
import type { Context } from "./context.ts";
import { Lineage } from "./lineage.ts";
import { ListedChanges } from "./listed-changes.ts";
import { openRepository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { linksOf, recordedView } from "./tree-of.ts";

/** Everything about one snapshot, and what it changed. */
export async function showSnapshot(ctx: Context, ref: string): Promise<ShowReport> {
  const { repo, store } = openRepository(ctx);
  const worktree = locateWorktree(repo, ctx.cwd)?.worktree;
  const descriptor = resolveRef({ repo, worktree, now: ctx.now() }, ref);
  const parent = parentOf(repo, descriptor) ?? null;
  const found = diffTrees(recordedView(store, parent), recordedView(store, descriptor));
  const changes = new ListedChanges(new TreeChanges(found), {
    links: { before: linksOf(store, parent?.links), after: linksOf(store, descriptor.links) },
  });
  const { snapshot_id: id } = descriptor;
  return {
    descriptor,
    is_head: worktree?.head_snapshot_id === id,
    is_latest: worktree?.latest_snapshot_id === id,
    changes,
    counts: changes.counts,
  };
}

/** A parent that is gone, removed or not, is no fault of its child. */
function parentOf(repo: Repo, { parent_id }: Descriptor): Descriptor | undefined {
  const id = new Lineage(repo).nearest(parent_id);
  return id !== undefined && hasDescriptor(repo, id) ? readDescriptor(repo, id) : undefined;
}
