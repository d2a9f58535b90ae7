import type { ObjectId } from "../model/entry.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

/**
 * Takes back what an index says about stored content, where gc has swept content since: what is not
 * in the store any more has to be stored again. Folders are not looked up but encoded anew, which
 * costs little, because a large folder's object may be there without its pages.
 *
 * @param isStored Whether all of the object, with its chunks, is in the store.
 */
export function recheckStored(table: ScanTable, isStored: (id: ObjectId) => boolean): void {
  const { kind } = table;
  for (let row = 0; row < table.count; row++) {
    if (!table.has(row, FLAG.stored)) continue;
    const xattrs = table.xattrs.get(row);
    const isKept =
      kind[row] !== KIND.folder &&
      isStored(table.idOf(row)) &&
      (xattrs === undefined || isStored(xattrs));
    if (!isKept) table.clearFlag(row, FLAG.stored);
  }
}
