import { AT_SYMLINK_NOFOLLOW, libc } from "../fs/libc.ts";
import { STATX, STATX_MASK, type StatBuffer } from "../fs/stat-buffer.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

/** Hashed and stored, and nothing that asks for a closer look. */
const SETTLED = FLAG.hashed | FLAG.stored;
const SETTLED_MASK = SETTLED | FLAG.racy | FLAG.linked | FLAG.dirty | FLAG.mount;
const TWO_32 = 4294967296;

/** Whether nothing but a change of the file is a reason to look at it. */
export function isSettled({ flags, kind }: ScanTable, row: number): boolean {
  return ((flags[row] as number) & SETTLED_MASK) === SETTLED && kind[row] !== KIND.folder;
}

/**
 * Goes over rows that were copied from the index and returns the first that needs a closer look:
 * changed since, not stored, with other names, or a folder. Whatever changes in a file, the kernel
 * sets its ctime; inode and size are looked at for file systems that do not.
 *
 * The innermost loop of every command, mostly run before any of it is compiled to machine code: so
 * it has no calls but the system's and reads the kernel's answer where it lies.
 */
export function skipUntouched(
  table: ScanTable,
  stat: StatBuffer,
  range: { fd: number; row: number; end: number },
): number {
  const { fd, end } = range;
  const { flags, kind, nameStart, namesAddress, ctimeNanos, ctimeSeconds, inoLow, size } = table;
  const { words, address } = stat;
  const { statx } = libc;
  let row = range.row;
  for (; row < end; row++) {
    const isSettled =
      ((flags[row] as number) & SETTLED_MASK) === SETTLED && kind[row] !== KIND.folder;
    const name = namesAddress + (nameStart[row] as number);
    if (!isSettled || statx(fd, name, AT_SYMLINK_NOFOLLOW, STATX_MASK, address) !== 0) break;
    const high = ((words[STATX.ctimeHigh] as number) | 0) * TWO_32;
    const isUntouched =
      words[STATX.ctimeNanos] === ctimeNanos[row] &&
      words[STATX.inoLow] === inoLow[row] &&
      words[STATX.nlink] === 1 &&
      (words[STATX.ctimeLow] as number) + high === ctimeSeconds[row] &&
      (words[STATX.sizeLow] as number) + (words[STATX.sizeHigh] as number) * TWO_32 === size[row];
    if (!isUntouched) break;
  }
  return row;
}
