import type { ObjectId } from "../model/entry.ts";
import { encodeDirtyFolders } from "./encode-table.ts";
import { encodeLinkGroups, findLinkGroups } from "./link-groups.ts";
import type { Scan } from "./scan-result.ts";

/** A whole folder as a value: what a snapshot's descriptor says about its tree. */
export interface TreeState {
  readonly root: ObjectId;
  /** The 12 permission bits of the root folder. */
  readonly rootMode: number;
  readonly rootXattrs?: ObjectId;
  readonly links?: ObjectId;
  /** Names below the root. */
  readonly entries: number;
  /** Sum of the file sizes. */
  readonly bytes: number;
}

/**
 * Names the scanned tree, once all its content is named: writes the objects of the folders that
 * changed through `put`, which keeps them (`stores`) or only names them.
 */
export function sealTree(
  scan: Scan,
  put: (bytes: Uint8Array) => ObjectId,
  stores: boolean,
): TreeState {
  const { table } = scan;
  encodeDirtyFolders(scan, put, stores);
  const groups = scan.linked.size < 2 ? [] : findLinkGroups(scan);
  const rootXattrs = table.xattrs.get(0);
  return {
    root: table.idOf(0),
    rootMode: table.mode[0] as number,
    ...(rootXattrs === undefined ? {} : { rootXattrs }),
    ...(groups.length === 0 ? {} : { links: put(encodeLinkGroups(groups)) }),
    entries: scan.entries,
    bytes: table.size[0] as number,
  };
}

/** Whether two states are the same in everything that a snapshot promises to keep. */
export function sameState(one: TreeState, other: TreeState): boolean {
  return (
    one.root === other.root &&
    one.rootMode === other.rootMode &&
    one.rootXattrs === other.rootXattrs &&
    one.links === other.links
  );
}
