import { S_IFDIR, S_IFMT, S_IFREG } from "../fs/stat-buffer.ts";
import { walkFolder } from "../fs/walk-folder.ts";
import type { RawPath } from "../model/raw-path.ts";
import { NOT_WRITABLE } from "../tree/apply/take-away-writing.ts";
import type { FolderView } from "../tree/tree-source.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";

/** Something in a copied folder that no snapshot put there. */
export interface Stray {
  readonly path: RawPath;
  readonly why: string;
}

/** The right to write, and the bits that make a program run as somebody else: what a copy must not gain. */
const TELLING = 0o7222;

/**
 * Looks in the folder of a snapshot that was copied file by file for names that its tree does not
 * have, and for rights that it does not give. No file is read.
 *
 * @throws SystemError; E_OBJECT_MISSING, E_OBJECT_DAMAGED where the tree cannot be read
 */
export function* findStrays(slot: string, tree: FolderView): Generator<Stray> {
  const modes = new Map<RawPath, number>();
  for (const [path, { mode }] of walkTree(tree)) modes.set(path, mode);
  using root = openWorkspaceFolder(slot);
  for (const { folder, path, stat } of walkFolder(root.fd)) {
    const wanted = modes.get(path);
    // Of a folder that is no part of it, the folder alone is told of.
    const isKnown = folder === "" || modes.has(folder);
    const why =
      wanted === undefined ? "the snapshot does not hold it" : excessOf(stat.mode, wanted);
    if (isKnown && why !== undefined) yield { path, why };
  }
}

function excessOf(mode: number, wanted: number): string | undefined {
  const kind = mode & S_IFMT;
  const isOne = kind === S_IFREG || kind === S_IFDIR;
  const kept = wanted & NOT_WRITABLE;
  if (!isOne || (mode & TELLING & ~kept) === 0) return undefined;
  return `its mode is ${(mode & 0o7777).toString(8)} instead of ${kept.toString(8)}`;
}
