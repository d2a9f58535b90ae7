import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import { type ContentSink, SMALL_BYTES } from "./content-sink.ts";
import { deepestFirst, encodeFolder } from "./encode-table.ts";
import { writeFolder } from "./folder-object.ts";
import { encodeLinkGroups, findLinkGroups } from "./link-groups.ts";
import { writeOldFolder } from "./old-folder-object.ts";
import { readChanged } from "./read-changed.ts";
import type { Scan } from "./scan-result.ts";
import { KIND, type ScanTable } from "./scan-table.ts";
import type { WorkspaceFolder } from "./workspace-folder.ts";

/**
 * `named`: large files of a name that is looked for, whose parts may be stored nowhere. `others`: all
 * else that may help.
 */
export type HealPart = "named" | "others";

export interface HealRequest {
  readonly part: HealPart;
  readonly folder: WorkspaceFolder;
  /** Whether content or attributes of that name are looked for. */
  isWanted(id: ObjectId): boolean;
  /** Is given whatever may be it. */
  readonly sink: ContentSink;
  readonly trustBefore: number;
  readonly progress: Progress;
}

/**
 * Hands to the sink one part of what may be lost objects in a scanned workspace: files and links of
 * that name, large files (which may share a part), attributes, folders.
 *
 * @throws SystemError, E_INTERRUPTED
 */
export async function healFromScan(scan: Scan, request: HealRequest): Promise<void> {
  const { folder, sink, trustBefore, progress } = request;
  const rows = candidates(scan, request);
  const options = { root: folder.fd, sink, stores: false, allowUnstable: true };
  await readChanged(scan, rows, { ...options, trustBefore, progress, total: rows.length });
  if (request.part === "named") return;
  const { table } = scan;
  const folders: number[] = [];
  for (let row = 0; row < table.count; row++)
    if (table.kind[row] === KIND.folder) folders.push(row);
  const inOrder = deepestFirst(table, folders);
  // What is lost was written by this version, or by one that had other pages.
  for (const write of [writeOldFolder, writeFolder])
    for (const row of inOrder)
      encodeFolder(table, row, (lines) => write(lines, (bytes) => sink.put(bytes)));
  sink.put(encodeLinkGroups(findLinkGroups(scan)));
}

function candidates({ table }: Scan, request: HealRequest): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.count; row++) {
    const isLarge = table.kind[row] === KIND.file && (table.size[row] as number) > SMALL_BYTES;
    const isNamed = isLarge && request.isWanted(table.idOf(row));
    if (request.part === "named" ? isNamed : !isNamed && mayHelp(table, row, { isLarge, request }))
      rows.push(row);
  }
  return rows;
}

function mayHelp(
  table: ScanTable,
  row: number,
  { isLarge, request }: { isLarge: boolean; request: HealRequest },
): boolean {
  const kind = table.kind[row];
  const attributes = table.xattrs.get(row);
  const isFile = kind === KIND.file || kind === KIND.link;
  if (isFile && (isLarge || request.isWanted(table.idOf(row)))) return true;
  const isKept = isFile || kind === KIND.folder || kind === KIND.fifo;
  return isKept && attributes !== undefined && request.isWanted(attributes);
}
