import type { Change, PathKind } from "../model/change.ts";
import type { Entry, EntryKind } from "../model/entry.ts";
import { pathFields, type RawPath } from "../model/raw-path.ts";
import { changeTypeOf } from "../tree/change-type.ts";
import type { TreeChange } from "../tree/diff-trees.ts";

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

/** What happened to one path, for people and for JSON. */
export function describeOne({ path, before, after }: TreeChange): Change {
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

/** The same for a file that was elsewhere. */
export function describeRename(from: TreeChange, { path, after }: TreeChange): Change {
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

/** The same for one whose hard links are others than before. */
export function describeRelink(path: RawPath): Change {
  return { ...pathFields(path), type: "metadata", kind: "file", differs: ["links"] };
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
