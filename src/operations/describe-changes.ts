import type { Change, ChangeCounts, ChangeType, PathKind } from "../model/change.ts";
import type { Entry, EntryKind } from "../model/entry.ts";
import { pathFields, type RawPath } from "../model/raw-path.ts";
import { comparePaths, type TreeChange } from "../tree/diff-trees.ts";
import type { LinkGroup } from "../tree/link-groups.ts";

const KINDS: Readonly<Record<EntryKind, PathKind>> = {
  f: "file",
  d: "directory",
  l: "symlink",
  p: "fifo",
};

/** The kind in words. */
export function kindInWords(kind: EntryKind): PathKind {
  return KINDS[kind];
}

/** Permission bits as people write them: `0644`. */
export function modeInWords(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** The changes between two trees and their link groups, for people and for JSON. */
export function describeChanges(
  changes: readonly TreeChange[],
  links: { readonly before: readonly LinkGroup[]; readonly after: readonly LinkGroup[] } = {
    before: [],
    after: [],
  },
): Change[] {
  const renames = findRenames(changes);
  const sources = new Set(renames.values());
  const shown: { path: RawPath; change: Change }[] = [];
  changes.forEach((change, index) => {
    if (sources.has(change) || isCoveredByNext(change, changes[index + 1])) return;
    const from = renames.get(change);
    shown.push({
      path: change.path,
      change: from === undefined ? describeOne(change) : describeRename(from, change),
    });
  });
  const seen = new Set(changes.map(({ path }) => path));
  for (const path of relinkedPaths(links))
    if (!seen.has(path)) shown.push({ path, change: describeRelink(path) });
  return shown.sort((one, other) => comparePaths(one.path, other.path)).map(({ change }) => change);
}

/** A folder that came or went needs no line of its own when something in it has one. */
function isCoveredByNext(
  { path, before, after }: TreeChange,
  next: TreeChange | undefined,
): boolean {
  const isFolderOnly =
    (before ?? after)?.kind === "d" && (before === undefined || after === undefined);
  return isFolderOnly && (next?.path.startsWith(`${path}/`) ?? false);
}

/** Added files by the removed ones they were: the same content, a like name preferred. */
function findRenames(changes: readonly TreeChange[]): Map<TreeChange, TreeChange> {
  const removed = Map.groupBy(changes.filter(isRemovedFile), ({ before }) => before?.content);
  const renames = new Map<TreeChange, TreeChange>();
  if (removed.size === 0) return renames;
  for (const change of changes) {
    if (change.before !== undefined || change.after?.kind !== "f") continue;
    const from = takeLikest(removed.get(change.after.content) ?? [], change);
    if (from !== undefined) renames.set(change, from);
  }
  return renames;
}

/** Empty files are all alike: none of them is another's former self. */
function isRemovedFile({ before, after }: TreeChange): boolean {
  return after === undefined && before?.kind === "f" && before.size > 0;
}

function takeLikest(candidates: TreeChange[], { after }: TreeChange): TreeChange | undefined {
  const sameName = candidates.findIndex(({ before }) => before?.name === after?.name);
  return candidates.splice(Math.max(sameName, 0), 1)[0];
}

function describeOne({ path, before, after }: TreeChange): Change {
  const entry = (after ?? before) as Entry;
  const type = changeTypeOf(before, after);
  return {
    ...pathFields(path),
    type,
    kind: kindInWords(entry.kind),
    ...(before !== undefined && after !== undefined && before.kind !== after.kind
      ? { old_kind: kindInWords(before.kind) }
      : {}),
    ...modes(before, after),
    ...sizes(before, after),
    ...(type === "metadata" ? { differs: differences(before as Entry, after as Entry) } : {}),
  };
}

function describeRename(from: TreeChange, { path, after }: TreeChange): Change {
  const {
    path: _path,
    path_base64: _bytes,
    ...rest
  } = describeOne({ path, before: from.before, after });
  const { path: old_path, path_base64: bytes } = pathFields(from.path);
  return {
    ...pathFields(path),
    ...rest,
    type: "renamed",
    old_path,
    ...(bytes === undefined ? {} : { old_path_base64: bytes }),
  };
}

function describeRelink(path: RawPath): Change {
  return { ...pathFields(path), type: "metadata", kind: "file", differs: ["links"] };
}

/** What became of a path. */
export function changeTypeOf(before: Entry | undefined, after: Entry | undefined): ChangeType {
  if (before === undefined) return "added";
  if (after === undefined) return "removed";
  const sameBytes =
    before.kind === "d" || (before.content === after.content && before.size === after.size);
  return before.kind === after.kind && sameBytes ? "metadata" : "modified";
}

function modes(before: Entry | undefined, after: Entry | undefined): Partial<Change> {
  return {
    ...(after === undefined ? {} : { mode: modeInWords(after.mode) }),
    ...(before === undefined ? {} : { old_mode: modeInWords(before.mode) }),
  };
}

/** A folder's size is the sum of what is below: of no use in a line about the folder. */
function sizes(before: Entry | undefined, after: Entry | undefined): Partial<Change> {
  const of = (entry: Entry): { size: number; hash: string } => ({
    size: entry.size,
    hash: entry.content,
  });
  return {
    ...(after === undefined || after.kind === "d"
      ? {}
      : { size: of(after).size, new_hash: of(after).hash }),
    ...(before === undefined || before.kind === "d"
      ? {}
      : { old_size: of(before).size, old_hash: of(before).hash }),
  };
}

function differences(before: Entry, after: Entry): NonNullable<Change["differs"]> {
  return [
    ...(before.mode === after.mode ? [] : (["mode"] as const)),
    ...(before.mtime === after.mtime ? [] : (["mtime"] as const)),
    ...(before.uid === after.uid && before.gid === after.gid ? [] : (["owner"] as const)),
    ...(before.xattrs === after.xattrs ? [] : (["xattrs"] as const)),
    ...(before.sparse === after.sparse ? [] : (["sparse"] as const)),
  ];
}

/** Paths whose group of hard links is another than before. */
function relinkedPaths({
  before,
  after,
}: {
  before: readonly LinkGroup[];
  after: readonly LinkGroup[];
}): RawPath[] {
  const numbers = new Map<string, number>();
  // A number for each group: thousands of names with the text of all of them would be a square.
  const numberOf = (group: LinkGroup): number => {
    const text = group.join("\0");
    return numbers.get(text) ?? numbers.set(text, numbers.size).size - 1;
  };
  const groupsOf = (groups: readonly LinkGroup[]): Map<RawPath, number> => {
    const found = new Map<RawPath, number>();
    for (const group of groups) {
      const number = numberOf(group);
      for (const path of group) found.set(path, number);
    }
    return found;
  };
  const old = groupsOf(before);
  const now = groupsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => old.get(path) !== now.get(path),
  );
}

/** How many of each. */
export function countChanges(changes: readonly Change[]): ChangeCounts {
  const counts = { added: 0, removed: 0, modified: 0, renamed: 0, metadata: 0 };
  for (const { type } of changes) counts[type]++;
  return counts;
}
