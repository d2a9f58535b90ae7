import { COLUMNS } from "./columns.ts";
import { ScanTable } from "./scan-table.ts";

/** A table whose memory two threads look at; it survives being sent to another. */
export interface SharedTable {
  readonly count: number;
  readonly namesUsed: number;
  /** In the order of COLUMNS. */
  readonly columns: readonly SharedArrayBuffer[];
  readonly ids: SharedArrayBuffer;
  readonly names: SharedArrayBuffer;
}

/** Moves the table into shared memory, unless it is there; it stays usable as it is. Attributes are not shared. */
export function shareTable(table: ScanTable): SharedTable {
  const columns = COLUMNS.map(([name, Type]) => {
    const shared = sharedMemoryOf(table[name]);
    table.setColumn(name, new Type(shared, 0, table[name].length));
    return shared;
  });
  const ids = sharedMemoryOf(table.ids);
  table.useIds(Buffer.from(ids));
  const names = sharedMemoryOf(table.names);
  table.useNames(Buffer.from(names));
  return { count: table.count, namesUsed: table.namesUsed, columns, ids, names };
}

/** The same table, seen from another thread. */
export function openSharedTable(shared: SharedTable): ScanTable {
  const table = new ScanTable();
  table.count = shared.count;
  table.capacity = shared.count;
  table.namesUsed = shared.namesUsed;
  COLUMNS.forEach(([name, Type], index) => {
    table.setColumn(name, new Type(shared.columns[index] as SharedArrayBuffer, 0, shared.count));
  });
  table.useIds(Buffer.from(shared.ids));
  table.names = Buffer.from(shared.names);
  return table;
}

function sharedMemoryOf(view: ArrayBufferView): SharedArrayBuffer {
  const { buffer, byteLength } = view;
  const isWhole = buffer instanceof SharedArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? buffer : copyShared(view);
}

function copyShared(view: ArrayBufferView): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(view.byteLength);
  new Uint8Array(shared).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return shared;
}
