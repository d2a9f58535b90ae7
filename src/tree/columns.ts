/** The memory of one number column. */
export type NumberColumn = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** How to make a column: empty, or over memory that is there. */
interface ColumnType {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumberColumn;
  new (buffer: ArrayBufferLike, offset: number, length: number): NumberColumn;
}

/** The names of the number columns. */
export type ColumnName =
  | "size"
  | "mtimeSeconds"
  | "ctimeSeconds"
  | "mtimeNanos"
  | "ctimeNanos"
  | "inoLow"
  | "inoHigh"
  | "uid"
  | "gid"
  | "parent"
  | "firstChild"
  | "childCount"
  | "keptCount"
  | "nameStart"
  | "mode"
  | "kind"
  | "flags";

/** The number columns, in the order of the file (docs/format.md, "Stat index"). */
export const COLUMNS: readonly (readonly [name: ColumnName, type: ColumnType])[] = [
  ["size", Float64Array],
  ["mtimeSeconds", Float64Array],
  ["ctimeSeconds", Float64Array],
  ["mtimeNanos", Uint32Array],
  ["ctimeNanos", Uint32Array],
  ["inoLow", Uint32Array],
  ["inoHigh", Uint32Array],
  ["uid", Uint32Array],
  ["gid", Uint32Array],
  ["parent", Uint32Array],
  ["firstChild", Uint32Array],
  ["childCount", Uint32Array],
  ["keptCount", Uint32Array],
  ["nameStart", Uint32Array],
  ["mode", Uint16Array],
  ["kind", Uint8Array],
  ["flags", Uint8Array],
];

/** From so many rows on, the memory is such as threads can share: see shareTable. */
const SHARED_ROWS = 65_536;

/** Zeros for as many rows of that many bytes each. */
export function makeMemory(rows: number, rowBytes: number): ArrayBufferLike {
  const Memory = rows >= SHARED_ROWS ? SharedArrayBuffer : ArrayBuffer;
  return new Memory(rows * rowBytes);
}
