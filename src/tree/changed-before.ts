import type { ScanTable } from "./scan-table.ts";

/** Whether what a row tells of last changed before a moment, in seconds since 1970. */
export function changedBefore(
  { ctimeSeconds, ctimeNanos }: ScanTable,
  row: number,
  seconds: number,
): boolean {
  return (ctimeSeconds[row] as number) + (ctimeNanos[row] as number) / 1e9 < seconds;
}
