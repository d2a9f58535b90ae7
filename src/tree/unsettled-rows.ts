import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

const SETTLED: number = FLAG.hashed | FLAG.stored;
const LOOKED_AT: number = 0xff & ~FLAG.sparse;

/**
 * The rows that a scan has to look at even when nobody touched them: not stored, losses, files with
 * several names (which may be written through one outside), and files whose times prove nothing yet.
 */
export function unsettledRows({ count, flags, kind }: ScanTable): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (((flags[row] as number) & LOOKED_AT) === SETTLED) continue;
    if (kind[row] !== KIND.ignored && kind[row] !== KIND.gone) rows.push(row);
  }
  return Uint32Array.from(rows);
}
