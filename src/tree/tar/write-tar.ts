import { writeFully } from "../../fs/file-io.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import type { Progress } from "../../model/progress.ts";
import { fromBytes, type RawPath } from "../../model/raw-path.ts";
import type { ContentSource, Owner } from "../apply/write-context.ts";
import { comparePaths } from "../diff-trees.ts";
import { decodeXattrs } from "../encode-xattrs.ts";
import type { LinkGroup } from "../link-groups.ts";
import type { FolderView } from "../tree-source.ts";
import { walkTree } from "../walk-tree.ts";
import { ARCHIVE_END, encodeMember, padding, type TarMember } from "./tar-header.ts";

export interface WriteTarInput {
  /** Open for writing. */
  readonly fd: number;
  readonly tree: FolderView;
  readonly links: readonly LinkGroup[];
  readonly content: ContentSource;
  readonly owner: Owner;
  readonly progress: Progress;
}

const ARCHIVE = "the archive" as RawPath;

/**
 * Writes a tree as a tar archive, in bounded memory, with nothing that the tree keeps left out but
 * holes (they become zeros).
 *
 * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function writeTar(input: WriteTarInput): Promise<void> {
  const { fd, content, progress } = input;
  const firstNames = new Map(
    // In the order of the walk, so that the first name is there when the others come.
    input.links
      .map((group) => group.toSorted(comparePaths))
      .flatMap(([first, ...others]) => others.map((path) => [path, first as RawPath])),
  );
  let done = 0;
  for (const [path, entry] of walkTree(input.tree)) {
    const member = memberOf(path, entry, { ...input, first: firstNames.get(path) });
    writeFully(fd, encodeMember(member), ARCHIVE);
    if (member.type === "0") {
      for (const piece of content.readPieces(entry.content as ObjectId))
        writeFully(fd, piece, ARCHIVE);
      writeFully(fd, padding(entry.size), ARCHIVE);
    }
    progress.report({ phase: "writing", done: ++done });
    await progress.breathe();
  }
  writeFully(fd, ARCHIVE_END, ARCHIVE);
}

const TYPES = { f: "0", l: "2", d: "5", p: "6" } as const;

function memberOf(
  path: RawPath,
  entry: Entry,
  context: { content: ContentSource; owner: Owner; first: RawPath | undefined },
): TarMember {
  const { content, owner, first } = context;
  const isFile = entry.kind === "f" && first === undefined;
  return {
    path: (entry.kind === "d" ? `${path}/` : path) as RawPath,
    type: first === undefined ? TYPES[entry.kind] : "1",
    mode: entry.mode,
    size: isFile ? entry.size : 0,
    ...(entry.mtime === "-" ? {} : { mtime: BigInt(entry.mtime) }),
    uid: entry.uid ?? owner.uid,
    gid: entry.gid ?? owner.gid,
    ...linkOf(entry, context),
    xattrs: entry.xattrs === undefined ? [] : decodeXattrs(content.read(entry.xattrs)),
  };
}

function linkOf(
  entry: Entry,
  { content, first }: { content: ContentSource; first: RawPath | undefined },
): { link?: RawPath } {
  if (first !== undefined) return { link: first };
  return entry.kind === "l" ? { link: fromBytes(content.read(entry.content as ObjectId)) } : {};
}
