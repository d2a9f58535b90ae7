import type { CopyHistory } from "../engines/clone-folder.ts";
import type { Entry } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { diffTrees, type TreeChange } from "../tree/diff-trees.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import { readChanged } from "../tree/read-changed.ts";
import { ignoredPaths, type Scan } from "../tree/scan-result.ts";
import { FLAG, type ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import { isLittle, type Touched } from "../tree/touched.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { dropUnstored, noteUnsettled } from "../tree/unsettled-rows.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { scanFolder, scanFolderTouched, type WorkspaceFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { mapCurrentIndex } from "./map-current-index.ts";
import type { Repository } from "./open-workspace.ts";
import { paysToWrite } from "./remember-scan.ts";
import { linksOf, viewOf } from "./tree-of.ts";

/** A copy of a folder that nobody else knows of yet, and what it is to hold. */
export interface CopyOfFolder {
  readonly ctx: Context;
  readonly repository: Repository;
  readonly folder: WorkspaceFolder;
  readonly content: Descriptor;
}

/** What is known of a copy. */
export interface KnownCopy {
  /** What is in it, all of it named; undefined: what is wanted, just that. */
  readonly scan: Scan | undefined;
  /** Where the file of another index will do as one of the copy. */
  readonly reuse?: IndexReuse | undefined;
}

/** An index that is mapped from a file. */
export interface IndexReuse {
  readonly index: ScanTable;
  /** From when on the file system can tell of all that the file lacks; undefined: only a walk can. */
  readonly frozen: FrozenToken | undefined;
}

/** Walks a copy; a file that has the size and the time of what is wanted is believed to be that. */
export async function walkCopy(copy: CopyOfFolder): Promise<Scan> {
  const { ctx, repository, folder, content } = copy;
  const { progress } = ctx;
  const scan = await scanFolder(folder, { index: undefined, trustBefore: Infinity, progress });
  await nameRest(copy, scan, new Map(walkTree(viewOf(repository.store, content))));
  return scan;
}

/**
 * Finds out what is in a copy of a snapshot's folder without a walk, with the stat index of the
 * workspace that the snapshot was taken of. Where nothing was done to the folder since, it holds what
 * is wanted. Else as in the index is what is the same in the index and in the snapshot, and was not
 * changed in the folder since: the rest is looked at. Undefined where that cannot be told.
 */
export async function knowSlotCopy(
  copy: CopyOfFolder,
  source: { history: CopyHistory; names: readonly string[] },
): Promise<KnownCopy | undefined> {
  const index = findIndex(copy.repository, source);
  if (index === undefined) return undefined;
  const { history } = source;
  dropUnstored(index); // It is in the copy.
  const reuse = { index, frozen: momentOf(copy, index, history) };
  if (history.isOfUntouched) return { scan: undefined, reuse };
  const scan = await scanSlotCopy(copy, index, history);
  if (scan === undefined) {
    releaseIndex(index);
    return undefined;
  }
  const redone = scan.changed.length + scan.foundDirty;
  return paysToWrite(scan, redone) ? { scan } : { scan, reuse };
}

async function scanSlotCopy(
  copy: CopyOfFolder,
  index: ScanTable,
  history: CopyHistory,
): Promise<Scan | undefined> {
  const { store } = copy.repository;
  const since = Math.min(index.frozen?.generation ?? 0, history.from.generation);
  const touched = history.changedSince(since);
  if (touched === undefined) return undefined;
  const changes = [...diffTrees(liveFolder(index), viewOf(store, copy.content))];
  const paths = [
    ...touched.paths,
    ...changes.map(({ path }) => path),
    // Which names are one file stands in none of their lines.
    ...linksOf(store, copy.content.links).flat(),
    // What rules leave out of the workspace is in no snapshot.
    ...ignoredPaths({ table: index, ignored: index.totals.ignored }),
  ];
  const scan = await scanRest(copy, index, { paths, trees: touched.trees });
  if (scan !== undefined) await nameRest(copy, scan, wantedIn(changes));
  return scan;
}

/**
 * The moment up to which the file of an index tells all that is in the copy; undefined where it tells
 * something else, as when the workspace was looked at again after the snapshot.
 */
function momentOf(
  { content }: CopyOfFolder,
  index: ScanTable,
  { from, made: { subvolume } }: CopyHistory,
): FrozenToken | undefined {
  const isSame = index.idOf(0) === content.payload_root_hash && !index.has(0, FLAG.dirty);
  // Which names are one file stands in no tree, nor what rules leave out of it.
  const hasMore = index.totals.ignored > 0 || content.links !== undefined;
  if (!isSame || hasMore || index.frozen === undefined) return undefined;
  if (index.unsettled.some((row) => index.has(row, FLAG.linked))) return undefined;
  return { subvolume, generation: Math.min(index.frozen.generation, from.generation) };
}

function wantedIn(changes: readonly TreeChange[]): Map<RawPath, Entry> {
  return new Map(
    changes.flatMap(({ path, after }) => (after === undefined ? [] : [[path, after]])),
  );
}

/**
 * Finds out what is in a copy of a workspace that was scanned just before: `since` is a generation that has
 * nothing of what happened to it from then on. The scan is used up, whatever comes of it.
 */
export async function scanLiveCopy(
  copy: CopyOfFolder,
  { history, live, since }: { history: CopyHistory; live: Scan; since: number },
): Promise<Scan | undefined> {
  const touched = history.changedSince(since);
  noteUnsettled(live.table);
  dropUnstored(live.table);
  const scan = touched && (await scanRest(copy, live.table, touched));
  if (scan !== undefined) await nameRest(copy, scan, new Map());
  return scan;
}

/** Brings what is known of a copy up to date; undefined where it would have to be walked. */
export async function scanRest(
  copy: CopyOfFolder,
  table: ScanTable,
  touched: Touched,
): Promise<Scan | undefined> {
  if (!isLittle(table, touched)) return undefined;
  const { progress } = copy.ctx;
  return await scanFolderTouched(copy.folder, {
    index: table,
    touched,
    trustBefore: Infinity,
    progress,
  });
}

/** Reads what has no name yet and is not as some known entry has it, and names the tree. */
export async function nameRest(
  { ctx, folder: { fd } }: CopyOfFolder,
  scan: Scan,
  known: ReadonlyMap<RawPath, Entry>,
): Promise<void> {
  const { progress } = ctx;
  const options = { root: fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  const rest = adoptEntries(scan, known);
  await readChanged(scan, rest, { ...options, trustBefore: Infinity, progress });
  sealTree(scan, HASH_ONLY.put, false);
}

/** The index of one of the worktrees that tells of the subvolume which was copied. */
function findIndex(
  { repo }: Repository,
  { history: { from }, names }: { history: CopyHistory; names: readonly string[] },
): ScanTable | undefined {
  for (const name of new Set(names)) {
    const index = mapCurrentIndex(repo, name);
    if (index?.frozen?.subvolume === from.subvolume) return index;
    if (index !== undefined) releaseIndex(index);
  }
  return undefined;
}
