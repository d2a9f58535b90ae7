import type { Loss } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

export interface ScanOptions {
  /** The open workspace folder. */
  readonly root: number;
  /** What was there the last time. */
  readonly index: ScanTable | undefined;
  /** What compareRows says of it; without these it is asked, where that helps. */
  readonly marks?: Uint8Array | undefined;
  /** The index is mapped, and nobody changed it: memory of rows that were compared is let go of. */
  readonly forgets?: boolean;
  /** A name right below the root that is not content: the control folder. */
  readonly skip: RawPath;
  /** No rule leaves anything out: for a folder that nobody works in. */
  readonly everything?: boolean;
  /** Seconds since 1970; later times prove nothing, since the file may change again in the same tick. */
  readonly trustBefore: number;
  readonly progress: Progress;
  /** See compareRows. */
  readonly leastRows?: number;
  /** What is walked is a copy of the folder that the index is of. */
  readonly copyOf?: CopiedFrom;
}

/** The folder that a copy was made of, as it was scanned. */
export interface CopiedFrom {
  /** Its rows whose content or attributes have to be read. */
  readonly changed: ReadonlySet<number>;
  /** As in {@link Scan}. */
  readonly linked: ReadonlyMap<number, string>;
  /** Whether the copy has its modes and owners, or they are to be taken from it. */
  readonly hasMetadata: boolean;
}

/** What a walk found. */
export class Scan {
  readonly table: ScanTable;
  /** Rows whose content or attributes must be read, in the order of the table. */
  readonly changed: number[] = [];
  /** Rows whose content has a name but is not in the store. */
  readonly unstored: number[] = [];
  readonly losses: Loss[] = [];
  /** Device and inode of each file that has several names. */
  readonly linked: Map<number, string> = new Map();
  /** How many folders had to be encoded again when the scan was done. */
  foundDirty = 0;
  /** Folders that must be encoded again, in no order. */
  readonly dirty: number[] = [];
  /** The row of the index that each row was compared with, for those that had one, where a copy was walked. */
  readonly origins: Map<number, number> = new Map();

  constructor(table: ScanTable) {
    this.table = table;
  }

  /** Names that the tree keeps, the root not counted. */
  get entries(): number {
    return this.table.totals.entries;
  }

  get ignored(): number {
    return this.table.totals.ignored;
  }

  /** A name that was counted is not in the tree after all. */
  discount(row: number): void {
    const folder = this.table.parent[row] as number;
    this.table.keptCount[folder] = (this.table.keptCount[folder] as number) - 1;
    this.table.totals.entries--;
    this.markDirty(folder);
  }

  /** Something in the folder changed: it and all above it must be encoded again. */
  markDirty(folder: number): void {
    const { table } = this;
    for (let row = folder; !table.has(row, FLAG.dirty); row = table.parent[row] as number) {
      table.setFlag(row, FLAG.dirty);
      this.dirty.push(row);
    }
  }
}

/** A folder whose children are to be looked at. */
export interface PendingFolder {
  readonly row: number;
  /** Its row in the index, or -1. */
  readonly old: number;
  readonly path: RawPath;
  readonly rules: IgnoreRules | undefined;
}

/** What ignore rules keep out of the tree; of an ignored folder the folder alone. */
export function ignoredPaths({ table, ignored }: Pick<Scan, "table" | "ignored">): RawPath[] {
  if (ignored === 0) return [];
  const paths: RawPath[] = [];
  for (let row = 0; row < table.count; row++)
    if (table.kind[row] === KIND.ignored) paths.push(table.pathOf(row));
  return paths;
}
