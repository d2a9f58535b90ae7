import type { Garbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { NO_ROW, type ScanTable } from "./scan-table.ts";

/** A folder as it was. */
interface OldFolder {
  readonly old: ScanTable;
  /** Its row there, or -1. */
  readonly folder: number;
  readonly garbage?: Garbage;
}

/**
 * Finds a name's row in the index. The kernel lists an unchanged folder in the same order, so the
 * row at the same position is mostly it; once it is not, names are looked up.
 */
export class OldNames {
  private readonly table: ScanTable;
  private readonly old: ScanTable;
  private readonly first: number;
  private readonly count: number;
  private readonly garbage: Garbage | undefined;
  private byName: Map<RawPath, number> | undefined;

  /** `garbage` counts what is left behind, for those who look into many folders. */
  constructor(table: ScanTable, { old, folder, garbage }: OldFolder) {
    this.table = table;
    this.old = old;
    this.garbage = garbage;
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
    this.garbage?.add(this.count);
    return names;
  }
}
