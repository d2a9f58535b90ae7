import { type Descriptor, shortId } from "../model/snapshot.ts";
import { listSnapshotIds, readDescriptor } from "../repo/descriptors.ts";
import { findRepo } from "../repo/repo.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";

/** A word that a user could type next. */
export interface NameToType {
  readonly word: string;
  readonly about: string;
}

/** Older snapshots than these are not offered: whoever presses a key does not want to wait. */
const MOST = 300;

/** What names a snapshot: HEAD, tags, the short ids of the newest. None outside of a repository. */
export function listRefNames(ctx: Context): NameToType[] {
  const snapshots = newest(ctx);
  const ids = snapshots.map(({ snapshot_id: id, note = "" }) => ({
    word: shortId(id),
    about: note,
  }));
  if (ids.length === 0) return [];
  return [{ word: "HEAD", about: "where the workspace stands" }, ...tagsOf(snapshots), ...ids];
}

/** The tags of the newest snapshots, each once. */
export function listTagNames(ctx: Context): NameToType[] {
  return tagsOf(newest(ctx));
}

/** The worktrees of the repository. */
export function listWorktreeNames(ctx: Context): NameToType[] {
  const repo = findRepo(ctx.cwd);
  if (repo === undefined) return [];
  return listWorktrees(repo).worktrees.map(({ name, path }) => ({ word: name, about: path }));
}

function newest(ctx: Context): Descriptor[] {
  const repo = findRepo(ctx.cwd);
  if (repo === undefined) return [];
  const found: Descriptor[] = [];
  for (const id of listSnapshotIds(repo).slice(0, MOST)) {
    try {
      const descriptor = readDescriptor(repo, id);
      if (descriptor.kind === "manual" || descriptor.kind === "import") found.push(descriptor);
    } catch {
      // Damaged: it cannot be used, so it is not offered.
    }
  }
  return found;
}

function tagsOf(snapshots: readonly Descriptor[]): NameToType[] {
  const byTag = new Map<string, string>();
  for (const { tags = [], note = "" } of snapshots)
    for (const tag of tags) if (!byTag.has(tag)) byTag.set(tag, note);
  return [...byTag].map(([word, about]) => ({ word, about }));
}
