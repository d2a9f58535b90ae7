import { copyMetadata } from "./copy-metadata.ts";
import type { CopiedFrom, Scan, ScanOptions } from "./scan-result.ts";
import { RowScanner } from "./scan-row.ts";
import { FLAG, KIND, NO_ROW } from "./scan-table.ts";

/**
 * Looks at the names in a copy of a scanned folder. Inodes and ctimes are others there; what has the
 * size and the time of its original, and was known for sure there, has its content too.
 */
export class CopyScanner extends RowScanner {
  private readonly original: CopiedFrom;

  constructor(scan: Scan, options: ScanOptions, original: CopiedFrom) {
    super(scan, options);
    this.original = original;
  }

  override note(row: number, from: number): boolean {
    const { table, old, original, scan } = this;
    if (table.kind[row] === KIND.folder) return this.noteFolder(row, from);
    if (from === NO_ROW) {
      scan.changed.push(row);
      return false;
    }
    this.takeOver(row, from);
    const inode = original.linked.get(from);
    if (inode !== undefined) scan.linked.set(row, inode);
    if (!this.isSame(row, from) || this.lacksRecords(from)) {
      scan.changed.push(row);
      return false;
    }
    table.copyContent(row, old, from);
    return table.sameOwnerAndMode(row, old, from);
  }

  protected override noteFolder(row: number, from: number): boolean {
    const { table, old, scan } = this;
    table.kind[row] = KIND.folder;
    table.setListing(row, 0);
    table.setFlag(row, FLAG.racy);
    if (from !== NO_ROW) this.takeOver(row, from);
    if (!this.isKnown(row, from)) {
      scan.changed.push(row);
      scan.markDirty(row);
      return false;
    }
    if (this.original.changed.has(from) || this.lacksRecords(from)) scan.changed.push(row);
    table.copyContent(row, old, from);
    table.size[row] = old.size[from] as number;
    if (old.has(from, FLAG.dirty) || !table.has(row, FLAG.stored)) scan.markDirty(row);
    return table.sameOwnerAndMode(row, old, from) && table.has(row, FLAG.stored);
  }

  private takeOver(row: number, from: number): void {
    this.scan.origins.set(row, from);
    if (!this.original.hasMetadata) copyMetadata(this.table, row, { old: this.old, from });
  }

  private isSame(row: number, from: number): boolean {
    const { table, old, original } = this;
    return (
      this.isKnown(row, from) &&
      !original.changed.has(from) &&
      !old.has(from, FLAG.racy) &&
      table.size[row] === old.size[from] &&
      table.mtimeSeconds[row] === old.mtimeSeconds[from] &&
      table.mtimeNanos[row] === old.mtimeNanos[from]
    );
  }

  /** Whether the target of a link, or attributes, are named but not stored. */
  private lacksRecords(from: number): boolean {
    const { old } = this;
    if (old.has(from, FLAG.stored)) return false;
    return old.kind[from] === KIND.link || old.xattrs.has(from);
  }
}
