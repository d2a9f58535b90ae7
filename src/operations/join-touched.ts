import type { ChangeCounts, ChangeType } from "../model/change.ts";
import type { ComparedPath, Overlap } from "../model/compare-report.ts";
import type { Entry } from "../model/entry.ts";
import { pathFields, type RawPath } from "../model/raw-path.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { changeTypeOf } from "../tree/change-type.ts";
import { comparePaths, type TreeChange } from "../tree/diff-trees.ts";
import { kindInWords } from "./describe-changes.ts";

/** What one worktree changed against the base. */
export interface Touched {
  readonly name: string;
  readonly head: SnapshotId | null;
  readonly unsaved: boolean;
  /** Sorted by path. */
  readonly changes: readonly TreeChange[];
}

/** One worktree's change of a path. */
interface Touch {
  readonly name: string;
  readonly change: TreeChange;
}

/** Every path that some worktree touched, with who did, sorted. */
export function comparePathsOf(touched: readonly Touched[]): ComparedPath[] {
  const byPath = new Map<RawPath, Touch[]>();
  for (const { name, changes } of touched)
    for (const change of changes) {
      if (isFolderAlone(change)) continue;
      const touches = byPath.get(change.path) ?? [];
      touches.push({ name, change });
      byPath.set(change.path, touches);
    }
  const blocked = findBlocked(byPath);
  return [...byPath.keys()].sort(comparePaths).map((path) => {
    const touches = byPath.get(path) as Touch[];
    return describe(path, touches, blocked.has(path) ? "differ" : overlapOf(touches));
  });
}

/** How many paths of each kind of change. */
export function countTouched(changes: readonly TreeChange[]): ChangeCounts {
  const counts = { added: 0, removed: 0, modified: 0, renamed: 0, metadata: 0 };
  for (const change of changes)
    if (!isFolderAlone(change)) counts[changeTypeOf(change.before, change.after)]++;
  return counts;
}

/** A folder that came with what is in it says nothing that its files do not say; two who make it agree. */
function isFolderAlone({ before, after }: TreeChange): boolean {
  const isFolder = (before ?? after)?.kind === "d" && (after ?? before)?.kind === "d";
  const isNew = before === undefined && after !== undefined;
  return isFolder && isNew && (after.size > 0 || (after.folder?.lines().length ?? 0) > 0);
}

function describe(path: RawPath, touches: readonly Touch[], overlap: Overlap): ComparedPath {
  const { after, before } = (touches[0] as Touch).change;
  const changes = touches.map(({ name, change }): [string, ChangeType] => [
    name,
    changeTypeOf(change.before, change.after),
  ]);
  return {
    ...pathFields(path),
    kind: kindInWords(((after ?? before) as Entry).kind),
    changes: Object.fromEntries(changes),
    overlap,
  };
}

function overlapOf(touches: readonly Touch[]): Overlap {
  const [first, ...others] = touches;
  if (others.length === 0) return "none";
  return others.every(({ change }) => isAlike(first?.change.after, change.after))
    ? "same"
    : "differ";
}

/** Whether two results are the same but for the time at which they were made. */
function isAlike(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const isSame = one.kind === other.kind && one.mode === other.mode && one.xattrs === other.xattrs;
  return isSame && (one.kind === "d" || one.content === other.content);
}

/** Paths below a folder that another worktree removed or replaced, where something still came or changed. */
function findBlocked(byPath: ReadonlyMap<RawPath, readonly Touch[]>): Set<RawPath> {
  const blocked = new Set<RawPath>();
  for (const [path, touches] of byPath) {
    const kept = touches.filter(({ change }) => change.after !== undefined);
    for (let at = parentOf(path); at !== ""; at = parentOf(at)) {
      const above = byPath.get(at) ?? [];
      const isBlocked = above.some(
        ({ name, change }) =>
          change.after?.kind !== "d" && kept.some((touch) => touch.name !== name),
      );
      if (isBlocked) blocked.add(path).add(at);
    }
  }
  return blocked;
}

function parentOf(path: RawPath): RawPath {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0)) as RawPath;
}
