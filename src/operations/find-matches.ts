import { type Descriptor, isSnapshotId } from "../model/snapshot.ts";
import { hasDescriptor, listDescriptors, readDescriptor } from "../repo/descriptors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import type { Context } from "./context.ts";
import { openRepository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { rankSnapshots } from "./suggest-snapshots.ts";

/** A snapshot that a word may mean. */
export interface Match {
  readonly descriptor: Descriptor;
  /** What of it fits the word. */
  readonly by: "id" | "tag" | "note";
}

export interface Matches {
  /** The best first, then the newest; at least one. */
  readonly matches: readonly Match[];
  /** There is only one, and it fits so well that nobody need choose. */
  readonly isClear: boolean;
}

/** From this score on a single match needs no list. */
const CLEAR = 700;
/** More than that nobody reads. */
const MOST = 20;

/**
 * The snapshots that a user may mean by `ref`, for choosing one.
 *
 * @throws E_NO_REPOSITORY, and what resolveRef throws when nothing fits
 */
export function findMatches(ctx: Context, ref: string): Matches {
  const { repo } = openRepository(ctx);
  const worktree = locateWorktree(repo, ctx.cwd)?.worktree;
  if (isSnapshotId(ref) && hasDescriptor(repo, ref)) return clear(readDescriptor(repo, ref));
  const ranked = rankSnapshots(listDescriptors(repo).descriptors, ref);
  if (ref === "" || ranked.length === 0)
    return clear(resolveRef({ repo, worktree, now: ctx.now() }, ref));
  return {
    matches: ranked
      .slice(0, MOST)
      .map(({ descriptor, score }) => ({ descriptor, by: kindOf(score) })),
    isClear: ranked.length === 1 && (ranked[0]?.score ?? 0) >= CLEAR,
  };
}

function clear(descriptor: Descriptor): Matches {
  return { matches: [{ descriptor, by: "id" }], isClear: true };
}

function kindOf(score: number): Match["by"] {
  if (score >= 900 || score < 100) return "id";
  return score >= 700 ? "tag" : "note";
}
