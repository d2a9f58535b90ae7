import type { RawPath } from "../model/raw-path.ts";
import { NO_ROW, type ScanTable } from "./scan-table.ts";

/**
 * Finds a name's row in the index. The kernel lists an unchanged folder in the same order, so the
 * row at the same position is mostly it; once it is not, names are looked up.
 */
export class OldNames {
  private readonly table: ScanTable;
  private readonly old: ScanTable;
  private readonly first: number;
  private readonly count: number;
  private byName: Map<RawPath, number> | undefined;

  constructor(table: ScanTable, old: ScanTable, folder: number) {
    this.table = table;
    this.old = old;
    this.first = folder === NO_ROW ? 0 : (old.firstChild[folder] as number);
    this.count = folder === NO_ROW ? 0 : (old.childCount[folder] as number);
  }

  find(row: number, position: number): number {
    if (this.count === 0) return NO_ROW;
    if (position < this.count && this.table.sameName(row, this.old, this.first + position))
      return this.first + position;
    this.byName ??= this.readNames();
    return this.byName.get(this.table.nameOf(row)) ?? NO_ROW;
  }

  private readNames(): Map<RawPath, number> {
    const names = new Map<RawPath, number>();
    for (let row = this.first; row < this.first + this.count; row++)
      names.set(this.old.nameOf(row), row);
    return names;
  }
}
