import type { RawPath } from "../model/raw-path.ts";
import { NO_ROW, type ScanTable } from "./scan-table.ts";

/** From so many questions on, a map of all names is made. */
const MANY = 32;

/**
 * Finds names in a folder of a table. For a few, their bytes are searched for: in a folder of a
 * hundred thousand names that takes a tenth of a millisecond, and a map of them twenty.
 */
export class ChildNames {
  private readonly table: ScanTable;
  private readonly first: number;
  private readonly count: number;
  private asked = 0;
  private byName: Map<RawPath, number> | undefined;

  constructor(table: ScanTable, folder: number) {
    this.table = table;
    this.first = table.firstChild[folder] as number;
    this.count = table.childCount[folder] as number;
  }

  find(name: RawPath): number {
    if (this.count === 0) return NO_ROW;
    if (++this.asked <= MANY) return this.search(name);
    this.byName ??= this.readNames();
    return this.byName.get(name) ?? NO_ROW;
  }

  /** Each name ends with a zero byte, and so does the one before the first. */
  private search(name: RawPath): number {
    const { names, nameStart } = this.table;
    const from = (nameStart[this.first] as number) - 1;
    const end = this.table.nameEnd(this.first + this.count - 1) + 1;
    const at = names.subarray(from, end).indexOf(`\0${name}\0`, 0, "latin1");
    return at < 0 ? NO_ROW : this.rowAt(from + at + 1);
  }

  /** The row whose name begins there. */
  private rowAt(start: number): number {
    const { nameStart } = this.table;
    let low = this.first;
    let high = this.first + this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((nameStart[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private readNames(): Map<RawPath, number> {
    const names = new Map<RawPath, number>();
    for (let row = this.first; row < this.first + this.count; row++)
      names.set(this.table.nameOf(row), row);
    return names;
  }
}
