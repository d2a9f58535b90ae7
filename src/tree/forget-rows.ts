import { forgetPages } from "../fs/forget-pages.ts";
import { COLUMNS } from "./columns.ts";
import type { ScanTable } from "./scan-table.ts";

/**
 * Gives back the memory of a mapped index, which nobody changed but for its flags: of rows that are
 * looked at again it is read from the file. Of a table of another kind nothing happens.
 */
export function forgetRows(table: ScanTable): void {
  if (table.mappedFd === undefined) return;
  for (const [name] of COLUMNS) if (name !== "flags") forgetPages(bytesOf(table[name]));
  forgetPages(table.ids);
  forgetPages(table.names);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
