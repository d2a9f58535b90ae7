import { Garbage } from "../model/garbage.ts";
import type { AuditWork } from "./audit-work.ts";
import { IdKey } from "./id-key.ts";
import type { IdSet } from "./id-set.ts";
import type { LooseFile } from "./loose-files.ts";
import type { Pack } from "./pack.ts";
import { decodeRow, ROW_SIZE, type RowMemory } from "./pack-format.ts";

/** Stored bytes of one part: large enough to be read in few calls, small enough to share fairly. */
const PART_BYTES = 4 << 20;

export interface PlannedAudit {
  readonly work: AuditWork;
  /** Stored bytes that will be read. */
  readonly bytes: number;
}

/** Rows of one pack, and where in the plan's memory they go. */
interface PackRows {
  readonly rows: RowMemory;
  /** Where rows begin, record by record in the order of the pack. */
  readonly starts: Float64Array;
}

/** Lays out the files, and the records of the packs, that hold something wanted (all, without `wanted`). */
export function planAudit(
  { packs, files }: { packs: readonly Pack[]; files: readonly LooseFile[] },
  wanted: IdSet | undefined,
): PlannedAudit {
  const parts: number[] = [];
  // Room for all that there is: what is not needed of it is never touched, and takes no memory.
  const most = packs.reduce((sum, pack) => sum + countRows(pack), 0);
  const rows = new SharedArrayBuffer(most * ROW_SIZE);
  const target = new Uint8Array(rows);
  let rowCount = 0;
  let bytes = 0;
  const garbage = new Garbage();
  for (const [number, pack] of packs.entries()) {
    const { rows: source, starts } = chooseRows(pack, wanted);
    bytes += cut(source, { starts, pack: number, before: rowCount }, parts);
    for (const start of starts) {
      target.set(source.bytes.subarray(start, start + ROW_SIZE), rowCount++ * ROW_SIZE);
      garbage.add();
    }
    pack.forgetIndex(); // The next one takes as much memory.
  }
  const chosenFiles = chooseFiles(files, wanted);
  for (const { size } of chosenFiles) bytes += size;
  const work: AuditWork = {
    files: chosenFiles,
    packs: packs.map(({ path }) => path),
    rows,
    rowCount,
    parts: shareNumbers(parts),
    progress: new SharedArrayBuffer(16),
  };
  return { work, bytes };
}

function countRows(pack: Pack): number {
  const { count } = pack.wholeIndex();
  pack.forgetIndex();
  return count;
}

function chooseFiles(files: readonly LooseFile[], wanted: IdSet | undefined): LooseFile[] {
  const key = new IdKey();
  return files
    .filter(({ id }) => wanted === undefined || (key.set(id) && wanted.has(key)))
    .sort((one, other) => other.size - one.size);
}

/** All rows of the records in which there is something wanted. */
function chooseRows(pack: Pack, wanted: IdSet | undefined): PackRows {
  const index = pack.wholeIndex();
  const { rows } = index;
  const key = new IdKey();
  const garbage = new Garbage();
  const offsets = new Float64Array(index.count);
  const starts = new Float64Array(index.count);
  const needed = new Set<number>();
  let count = 0;
  for (const start of index.starts()) {
    const { offset } = decodeRow(rows, start);
    offsets[count] = offset;
    starts[count++] = start;
    garbage.add();
    if (wanted === undefined) continue;
    key.setBytes(rows.bytes, start);
    if (wanted.has(key)) needed.add(offset);
  }
  const offsetOf = (number: number): number => offsets[number] as number;
  const all = Uint32Array.from(offsets, (_, number) => number);
  const kept = wanted === undefined ? all : all.filter((number) => needed.has(offsetOf(number)));
  kept.sort((one, other) => offsetOf(one) - offsetOf(other));
  return { rows, starts: Float64Array.from(kept, (number) => starts[number] as number) };
}

interface Cut {
  readonly starts: Float64Array;
  readonly pack: number;
  /** How many rows of other packs stand before. */
  readonly before: number;
}

/** Cuts the rows of a pack into parts, between records; returns the stored bytes in them. */
function cut(source: RowMemory, { starts, pack, before }: Cut, parts: number[]): number {
  const garbage = new Garbage();
  let first = 0;
  let inPart = 0;
  let bytes = 0;
  let record = -1;
  for (const [number, start] of starts.entries()) {
    const { offset, storedSize } = decodeRow(source, start);
    garbage.add();
    if (offset === record) continue;
    record = offset;
    if (inPart >= PART_BYTES) {
      parts.push(pack, before + first, before + number);
      first = number;
      inPart = 0;
    }
    inPart += storedSize;
    bytes += storedSize;
  }
  if (first < starts.length) parts.push(pack, before + first, before + starts.length);
  return bytes;
}

function shareNumbers(numbers: readonly number[]): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(numbers.length * 4);
  new Uint32Array(memory).set(numbers);
  return memory;
}
