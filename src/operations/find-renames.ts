import type { TreeChanges } from "../tree/tree-changes.ts";

/**
 * Added files by the removed ones they were, as numbers of changes: the same content, a like name
 * preferred.
 */
export function findRenames(changes: TreeChanges): Map<number, number> {
  const renames = new Map<number, number>();
  const removed = removedFiles(changes);
  if (removed.size === 0) return renames;
  for (let index = 0; index < changes.length; index++) {
    const after = changes.typeAt(index) === "added" ? changes.at(index).after : undefined;
    if (after?.kind !== "f") continue;
    const from = takeLikest(removed.get(after.content) ?? [], after.name);
    if (from !== undefined) renames.set(index, from);
  }
  return renames;
}

interface Candidate {
  readonly index: number;
  readonly name: string;
}

/** By their content. Empty files are all alike: none of them is another's former self. */
function removedFiles(changes: TreeChanges): Map<string, Candidate[]> {
  const removed = new Map<string, Candidate[]>();
  for (let index = 0; index < changes.length; index++) {
    const before = changes.typeAt(index) === "removed" ? changes.at(index).before : undefined;
    if (before?.kind !== "f" || before.size === 0) continue;
    const { content, name } = before;
    const candidates = removed.get(content);
    if (candidates === undefined) removed.set(content, [{ index, name }]);
    else candidates.push({ index, name });
  }
  return removed;
}

function takeLikest(candidates: Candidate[], name: string): number | undefined {
  const sameName = candidates.findIndex((candidate) => candidate.name === name);
  return candidates.splice(Math.max(sameName, 0), 1)[0]?.index;
}
