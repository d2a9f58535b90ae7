import type { RawPath } from "../model/raw-path.ts";
import type { ScanTable } from "./scan-table.ts";

/**
 * What can have changed since an index was written; whoever says so (a watcher, a file system that
 * keeps account) vouches that all else is as the index says. A name that came, went or was renamed
 * stands here itself; the folder that holds it need not.
 */
export interface Touched {
  /** Looked at again; a folder is listed again. */
  readonly paths: Iterable<RawPath>;
  /** Folders in which everything is looked at again: new ones, and ones that were moved there. */
  readonly trees: Iterable<RawPath>;
}

/** Looking at so large a part of the rows one by one takes as long as at all in turn. */
const MOST_TOUCHED = 4;

/** Whether so little was touched that to look at that alone is quicker than to walk everything. */
export function isLittle(table: ScanTable, { paths, trees }: Touched): boolean {
  return isFew(table, [...paths].length + [...trees].length);
}

/** The same for so many names. */
export function isFew({ count, unsettled }: ScanTable, touched: number): boolean {
  return (touched + unsettled.length) * MOST_TOUCHED <= count + 1024;
}

/** A name on the way to what was touched, or touched itself. */
export interface TouchNode {
  /** It is looked at. */
  isTouched: boolean;
  /** If it is a folder, it is listed. */
  isListed: boolean;
  /** All below is looked at. */
  isDeep: boolean;
  readonly names: Map<RawPath, TouchNode>;
}

/** All that is to be looked at, as a tree: what was touched, and what is looked at always. */
export function planTouches(table: ScanTable, { paths, trees }: Touched): TouchNode {
  const root = planPaths(paths);
  for (const row of table.unsettled) nodeAt(root, table.pathOf(row)).isTouched = true;
  for (const path of trees)
    Object.assign(nodeAt(root, path), { isTouched: true, isListed: true, isDeep: true });
  return root;
}

/** These alone. */
export function planPaths(paths: Iterable<RawPath>): TouchNode {
  const root = emptyNode();
  for (const path of paths) Object.assign(nodeAt(root, path), { isTouched: true, isListed: true });
  return root;
}

/** Nothing to look at. */
export function emptyNode(): TouchNode {
  return { isTouched: false, isListed: false, isDeep: false, names: new Map() };
}

function nodeAt(root: TouchNode, path: RawPath): TouchNode {
  let node = root;
  if (path === "") return node;
  for (const name of path.split("/") as RawPath[]) {
    let next = node.names.get(name);
    if (next === undefined) {
      next = emptyNode();
      node.names.set(name, next);
    }
    node = next;
  }
  return node;
}
