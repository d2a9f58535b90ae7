import { ptr } from "bun:ffi";
import { datesNames, isElsewhere } from "../fs/mounts.ts";
import { loadNative, type NativeCode } from "../fs/native-code.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { changedBefore } from "./changed-before.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";
import { isFew, type Touched } from "./touched.ts";

/** Below this many rows a scan is done by the time that the native code is loaded. */
const WORTH_LOADING = 500;
/** Threads are cheap to start here: some fifty microseconds each. */
const ROWS_PER_THREAD = 2000;
const MOST_THREADS = 8;
/** Of one folder, that a thread takes at once. */
const UNIT_ROWS = 512;
const ROWS_BETWEEN_BREATHS = 4096;
/** More names in folders that are listed anew, whose rows may have to move, would take too much memory. */
const MOST_LISTED = 1 << 18;

/** What native code marks a row with. */
const MARK = { touched: 1, listed: 2 } as const;

export interface CompareOptions extends ComparisonOptions {
  readonly progress: Progress;
  /** What was begun for this table and workspace before: it is brought to its end. */
  readonly begun?: Comparison | undefined;
}

/**
 * Compares every row of an index with what the kernel says now, on all cores, in the time of the
 * system calls alone. Folders whose times proved nothing so far, and do now, are no more racy.
 *
 * @returns a byte for each row: 1 where the name, or what the folder lists, is not as the row says,
 *   or may not be; rows that need a look in any case (see unsettledRows) are not told. Undefined
 *   where that cannot be found out this way.
 * @throws E_INTERRUPTED
 */
export async function compareRows(
  index: ScanTable,
  { progress, begun, ...options }: CompareOptions,
): Promise<Uint8Array | undefined> {
  using comparison = begun ?? beginComparison(index, options);
  return await comparison?.finish(progress);
}

export interface ComparisonOptions {
  /** The open workspace. */
  readonly root: number;
  /** As in ScanOptions. */
  readonly trustBefore: number;
  /** For smaller tables nothing is compared. */
  readonly leastRows?: number;
}

/** The same with its end left to the caller; until then threads are at it, if there is more than one core. */
export function beginComparison(
  index: ScanTable,
  { root, trustBefore, leastRows = WORTH_LOADING }: ComparisonOptions,
): Comparison | undefined {
  const native = index.count < leastRows ? undefined : loadNative();
  if (native === undefined) return undefined;
  const table = addressesOf(index);
  const marks = new Uint8Array(new ArrayBuffer(index.count));
  const helpers = threadsFor(index.count) - 1;
  // Elsewhere the listing of a folder tells what is new of its names: nobody asks about them before.
  const unitRows = isElsewhere(root) ? index.count : UNIT_ROWS;
  const way = new Uint32Array([helpers, unitRows, datesNames(root) ? 0 : 1]);
  const walker = native.compare_start(ptr(table), root, ptr(marks), ptr(way));
  if (walker === null) return undefined;
  return new Comparison(native, walker, { index, marks, helpers, trustBefore });
}

/** Rows that are being compared. */
export class Comparison implements Disposable {
  private readonly native: NativeCode;
  private walker: number | undefined;
  private readonly job: ComparisonJob;

  constructor(native: NativeCode, walker: number, job: ComparisonJob) {
    this.native = native;
    this.walker = walker;
    this.job = job;
  }

  /** The threads leave what they have not begun. */
  [Symbol.dispose](): void {
    if (this.walker !== undefined) this.native.compare_end(this.walker);
    this.walker = undefined;
  }

  /**
   * Takes part in what is left.
   *
   * @returns as compareRows does
   * @throws E_INTERRUPTED
   */
  async finish(progress: Progress): Promise<Uint8Array> {
    const { index, marks, helpers, trustBefore } = this.job;
    const walker = this.walker as number;
    for (let done = 0; this.native.compare_some(walker, ROWS_BETWEEN_BREATHS) !== 0; ) {
      done = Math.min(done + ROWS_BETWEEN_BREATHS * (helpers + 1), index.count);
      progress.report({ phase: "scanning", done });
      await progress.breathe();
    }
    this[Symbol.dispose]();
    settleListed(index, marks, trustBefore);
    return marks;
  }
}

interface ComparisonJob {
  readonly index: ScanTable;
  readonly marks: Uint8Array<ArrayBuffer>;
  readonly helpers: number;
  readonly trustBefore: number;
}

/** Folders that were listed after `trustBefore`, and have the names and times that their rows tell. */
function settleListed(index: ScanTable, marks: Uint8Array, trustBefore: number): void {
  for (
    let row = marks.indexOf(MARK.listed);
    row !== -1;
    row = marks.indexOf(MARK.listed, row + 1)
  ) {
    marks[row] = 0;
    if (changedBefore(index, row, trustBefore)) index.clearFlag(row, FLAG.racy);
  }
}

/**
 * What is not as in the index, going by the marks of {@link compareRows}; undefined where that is so
 * much that all is walked as quickly. `skip` is a name below the root that is no content: the control
 * folder.
 */
export function touchedBy(index: ScanTable, marks: Uint8Array, skip: RawPath): Touched | undefined {
  let [count, listed] = [0, 0];
  // First they are counted: of a million paths each would take memory.
  for (const row of touchedRows(marks)) {
    if (index.kind[row] === KIND.folder) listed += index.childCount[row] as number;
    if (!isFew(index, ++count) || listed > MOST_LISTED) return undefined;
  }
  const paths = [...touchedRows(marks)].map((row) => index.pathOf(row));
  return { paths: paths.filter((path) => path !== skip), trees: [] };
}

function threadsFor(rows: number): number {
  const useful = Math.ceil(rows / ROWS_PER_THREAD);
  return Math.min(useful, navigator.hardwareConcurrency, MOST_THREADS);
}

/** `struct table` of compare-rows.c. */
function addressesOf(index: ScanTable): BigUint64Array<ArrayBuffer> {
  const columns = [
    ...[index.size, index.mtimeSeconds, index.ctimeSeconds],
    ...[index.mtimeNanos, index.ctimeNanos, index.inoLow, index.inoHigh, index.uid, index.gid],
    ...[index.parent, index.firstChild, index.childCount, index.nameStart],
    ...[index.mode, index.kind, index.flags, index.names],
  ];
  return new BigUint64Array([...columns.map((column) => BigInt(ptr(column))), BigInt(index.count)]);
}

function* touchedRows(marks: Uint8Array): Generator<number> {
  const next = (from: number): number => marks.indexOf(MARK.touched, from);
  for (let row = next(0); row !== -1; row = next(row + 1)) yield row;
}
