import type { StatBuffer } from "../fs/stat-buffer.ts";
import type { ScanTable } from "./scan-table.ts";

/**
 * What tells one state of a file from another, as text that outlives the scan: inode, size, time of
 * last change and mode. Not ctime, which renaming sets.
 */
export function fingerprintOfRow(table: ScanTable, row: number): string {
  const { inoHigh, inoLow, size, mtimeSeconds, mtimeNanos, mode } = table;
  return [inoHigh, inoLow, size, mtimeSeconds, mtimeNanos, mode]
    .map((column) => column[row] as number)
    .join(":");
}

/** The same for a file that was just looked at. */
export function fingerprintOfStat(stat: StatBuffer): string {
  const { inoHigh, inoLow, size, mtimeSeconds, mtimeNanos, mode } = stat;
  return [inoHigh, inoLow, size, mtimeSeconds, mtimeNanos, mode & 0o7777].join(":");
}
