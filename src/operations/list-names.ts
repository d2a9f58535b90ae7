import { decodeExact, fromText, toText } from "../model/raw-path.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import { listSnapshotIds, readDescriptor } from "../repo/descriptors.ts";
import { findRepo } from "../repo/repo.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import { listEntries } from "../tree/tree-source.ts";
import type { Context } from "./context.ts";
import { findInSnapshot } from "./find-in-snapshot.ts";

/** A word that a user could type next. */
export interface NameToType {
  readonly word: string;
  readonly about: string;
  /** It is a flag, not a name. */
  readonly isFlag?: boolean;
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

/** The tags of the newest snapshots, each once; with a ref those of that one alone. */
export function listTagNames(ctx: Context, ref?: string): NameToType[] {
  return tagsOf(
    ref === undefined ? newest(ctx) : [findInSnapshot(ctx, { ref, path: undefined }).descriptor],
  );
}

/** What is in the folder of a snapshot that `typed` leads into; folders end in a slash. */
export function listPathNames(ctx: Context, ref: string, typed: string): NameToType[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const { root, entry } = findInSnapshot(ctx, { ref, path: fromText(folder || ".") });
  const view = entry === undefined ? root : entry.folder;
  return [...(view === undefined ? [] : listEntries(view))].slice(0, MOST).flatMap((one) => {
    const name = toText(one.name);
    // What is no line of text cannot be typed so.
    if (decodeExact(one.name) !== name) return [];
    return [{ word: `${folder}${name}${one.folder === undefined ? "" : "/"}`, about: "" }];
  });
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
