import { mayHaveXattrs, writeXattrs } from "../../fs/xattrs.ts";
import type { ObjectId } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { LinkGroup } from "../link-groups.ts";
import type { ScanTable } from "../scan-table.ts";
import { type FolderView, storedFolder } from "../tree-source.ts";
import { applyRoot, type WantedRoot } from "./apply-root.ts";
import { type FillWork, fillFolders } from "./fill-folders.ts";
import { TreeWriter } from "./tree-writer.ts";
import type { WriteContext } from "./write-context.ts";
import { nameRows, noteRoot, type TableFolder } from "./written-table.ts";

export interface WriteTreeInput extends WriteContext {
  /** The open folder to write into; it is empty. */
  readonly root: number;
  /** A stored tree. */
  readonly tree: FolderView;
  readonly links: readonly LinkGroup[];
  readonly wantedRoot: WantedRoot;
  /** Whether {@link WrittenTree.index} will be asked for. */
  readonly isIndexed: boolean;
  /** Fills the folders, with others' help for instance; without it, this thread does it alone. */
  fill?(work: FillWork, context: WriteContext): Promise<RestoreIssue[]>;
}

export interface WrittenTree {
  /** What the system refused. */
  readonly issues: readonly RestoreIssue[];
  /**
   * The stat index of what was written; undefined where it is not just what was wanted, or not
   * {@link WriteTreeInput.isIndexed}. Takes some time.
   */
  index(): ScanTable | undefined;
}

/**
 * Writes a whole tree into an empty folder: folders first, then what is in them, in any order, then
 * further names of files. Folders get their mode last, so that a read-only one can be filled.
 *
 * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function writeTree(input: WriteTreeInput): Promise<WrittenTree> {
  using writer = new TreeWriter(input);
  // A default ACL of the place that the folder was made in: nothing in it shall inherit that.
  if (mayHaveXattrs(input.root)) writeXattrs(input.root, "." as RawPath, []);
  await input.progress.breathe(); // From here on Ctrl-C is ours, and leaves nothing behind.
  await writer.makeFolders(input.tree);
  const work = writer.planWork();
  const fill = input.fill ?? fillFolders;
  const filled = await fill(work, input);
  writer.linkNames(work.table);
  writer.finishFolders(work.table);
  const { content } = input;
  const root = applyRoot(input.root, input.wantedRoot, { table: undefined, content });
  const issues = [...filled, ...writer.issues, ...root];
  return { issues, index: () => (issues.length > 0 ? undefined : finishIndex(work, input)) };
}

function finishIndex(
  { table, folders, viewOf }: FillWork,
  { root, tree, wantedRoot, content }: WriteTreeInput,
): ScanTable | undefined {
  if (tree.id === undefined || table === undefined) return undefined;
  const read = (id: ObjectId): Uint8Array => content.read(id);
  nameRows(table, folders, (number, { id }) =>
    (viewOf?.(number) ?? storedFolder(id, read)).lines(),
  );
  const size = folders[0] === undefined ? 0 : sizeOfChildren(table, folders[0]);
  noteRoot(table, root, { content: tree.id, size, xattrs: wantedRoot.root_xattrs });
  return table;
}

function sizeOfChildren({ size }: ScanTable, { firstRow, count }: TableFolder): number {
  return size.subarray(firstRow, firstRow + count).reduce((sum, one) => sum + one, 0);
}
