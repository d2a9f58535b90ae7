import type { SnapshotId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { hasDescriptor, readDescriptor } from "../repo/descriptors.ts";
import type { Repo } from "../repo/repo.ts";

/** The newest snapshot that leads to the heads of all `worktrees`, or undefined when there is none. */
export function findCommonBase(repo: Repo, worktrees: readonly Worktree[]): SnapshotId | undefined {
  const lineages = worktrees.map(({ head_snapshot_id: head }) => lineageOf(repo, head));
  const [first = [], ...others] = lineages;
  const sets = others.map((lineage) => new Set(lineage));
  return first.find((id) => sets.every((set) => set.has(id)));
}

/** From head to the first snapshot that is still there. */
function lineageOf(repo: Repo, head: SnapshotId | undefined): SnapshotId[] {
  const ids = new Set<SnapshotId>();
  for (let id = head; id !== undefined && hasDescriptor(repo, id) && !ids.has(id); ) {
    ids.add(id);
    id = readDescriptor(repo, id).parent_id;
  }
  return [...ids];
}
