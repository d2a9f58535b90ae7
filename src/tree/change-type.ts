import type { ChangeType } from "../model/change.ts";
import type { Entry } from "../model/entry.ts";
import type { TreeChange } from "./diff-trees.ts";

/** What became of a path. */
export function changeTypeOf(before: Entry | undefined, after: Entry | undefined): ChangeType {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  const sameBytes =
    before.kind === "d" || (before.content === after.content && before.size === after.size);
  return before.kind === after.kind && sameBytes ? "metadata" : "modified";
}

/** A folder that came or went needs no line of its own when something in it has one. */
export function isCoveredByNext({ path, before, after }: TreeChange, next: TreeChange): boolean {
  const isFolderOnly =
    (before ?? after)?.kind === "d" && (before === undefined || after === undefined);
  return isFolderOnly && next.path.startsWith(`${path}/`);
}
