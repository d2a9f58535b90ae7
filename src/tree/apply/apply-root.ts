import { setMode } from "../../fs/at.ts";
import { writeXattrs } from "../../fs/xattrs.ts";
import type { ObjectId } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { decodeXattrs } from "../encode-xattrs.ts";
import type { ScanTable } from "../scan-table.ts";
import type { ContentSource } from "./write-entry.ts";

/** What no entry says about the root folder itself. */
export interface WantedRoot {
  /** Octal. */
  readonly root_mode: string;
  readonly root_xattrs?: ObjectId;
}

/**
 * Gives the root folder itself its mode and attributes, where they differ from what `table` tells
 * (undefined: a new folder).
 */
export function applyRoot(
  root: number,
  wanted: WantedRoot,
  live: { table: ScanTable | undefined; content: ContentSource },
): void {
  const here = "." as RawPath;
  const mode = Number.parseInt(wanted.root_mode, 8);
  if (live.table?.xattrs.get(0) !== wanted.root_xattrs)
    writeXattrs(
      root,
      here,
      wanted.root_xattrs === undefined ? [] : decodeXattrs(live.content.read(wanted.root_xattrs)),
    );
  if (live.table?.mode[0] !== mode) setMode(root, here, mode);
}
