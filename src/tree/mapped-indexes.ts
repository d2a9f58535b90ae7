import { closeFd } from "../fs/at.ts";
import type { ScanTable } from "./scan-table.ts";

/** A file that is mapped as long as the table of it is in use. */
interface Mapping {
  readonly fd: number;
  readonly table: WeakRef<ScanTable>;
}

/** By their descriptors. */
const mapped = new Map<number, Mapping>();
const forgotten = new FinalizationRegistry(unmap);

/** Takes the descriptor over: it is closed when the table is released, or forgotten. */
export function keepMapped(table: ScanTable, fd: number): void {
  const mapping = { fd, table: new WeakRef(table) };
  mapped.set(fd, mapping);
  forgotten.register(table, mapping);
}

/** Once: afterwards the descriptor is another file's. */
function unmap(mapping: Mapping): void {
  if (mapped.get(mapping.fd) !== mapping) return;
  mapped.delete(mapping.fd);
  closeFd(mapping.fd);
}

/** Lets go of all indexes that are still mapped: the command that used them has ended. */
export function releaseIndexes(): void {
  for (const mapping of [...mapped.values()]) {
    const table = mapping.table.deref();
    if (table !== undefined) table.mappedFd = undefined;
    unmap(mapping);
  }
}

/** Lets others write into the file of a mapped table, which is not used any more. */
export function releaseIndex(table: ScanTable): void {
  const mapping = table.mappedFd === undefined ? undefined : mapped.get(table.mappedFd);
  table.mappedFd = undefined;
  if (mapping !== undefined) unmap(mapping);
}
