import { Garbage } from "../model/garbage.ts";
import { orderOf } from "./id-key.ts";
import { byteInPage, type ObjectTable } from "./object-table.ts";
import { INDEX_MAGIC, makeRowMemory, ROW_SIZE, type RowMemory, xxh3 } from "./pack-format.ts";

export const FANOUT_AT = 24;
export const BUCKET_SIZE = 12;

/** Rows a bucket should not exceed: one bucket is what a look-up in a large index reads. */
const FULL_BUCKET = 128;
const MOST_BITS = 16;
/** Leaves 29 bits for row numbers in the 53 of a sort key. */
const SORT_BITS = 24;
const ROW_NUMBERS = 2 ** 29;

/** Bytes before the first row, for `bits` of fanout. */
export function headSizeOf(bits: number): number {
  return FANOUT_AT + BUCKET_SIZE * 2 ** bits + 8;
}

/** The same for an index of `count` rows. */
export function headSizeOfCount(count: number): number {
  return headSizeOf(chooseBits(count));
}

/** An index, ready to be written. */
export interface EncodedIndex {
  /** The bytes of the .idx file. */
  readonly bytes: Uint8Array;
  /** That of its rows. */
  readonly checksum: bigint;
}

/** The index of a pack with these rows. */
export function encodeIndex(table: ObjectTable): EncodedIndex {
  const bits = chooseBits(table.count);
  const head = headSizeOf(bits);
  const bytes = new Uint8Array(head + table.count * ROW_SIZE);
  const memory = makeRowMemory(bytes);
  copySorted(table, bytes.subarray(head));
  const checksum = xxh3(bytes.subarray(head));
  Buffer.from(bytes.buffer).write(INDEX_MAGIC, "latin1");
  memory.view.setUint32(8, table.count, true);
  memory.view.setUint32(12, bits, true);
  memory.view.setBigUint64(16, checksum, true);
  fillFanout(memory, bits);
  memory.view.setBigUint64(head - 8, xxh3(bytes.subarray(0, head - 8)), true);
  return { bytes, checksum };
}

/** The bucket of an id with this order (id-key.ts). A shift by 32 would be a shift by none. */
export function bucketOf(order: number, bits: number): number {
  return bits === 0 ? 0 : (order ^ -0x80000000) >>> (32 - bits);
}

function chooseBits(count: number): number {
  let bits = 0;
  while (bits < MOST_BITS && count > FULL_BUCKET * 2 ** bits) bits++;
  return bits;
}

function copySorted(table: ObjectTable, target: Uint8Array): void {
  const garbage = new Garbage();
  let at = 0;
  for (const number of sortRows(table)) {
    const from = byteInPage(number);
    target.set(table.pageOf(number).bytes.subarray(from, from + ROW_SIZE), at);
    at += ROW_SIZE;
    garbage.add();
  }
}

/** Row numbers in the order of their ids: by the first bits as numbers, which is fast, then the few ties. */
function sortRows(table: ObjectTable): Float64Array {
  const keys = new Float64Array(table.count);
  for (let number = 0; number < keys.length; number++)
    keys[number] = (prefixOf(table, number) >>> (32 - SORT_BITS)) * ROW_NUMBERS + number;
  keys.sort();
  for (let at = 0; at < keys.length; at++) keys[at] = (keys[at] ?? 0) % ROW_NUMBERS;
  settleTies(table, keys);
  return keys;
}

/** Insertion sort: almost every row is in its place already. */
function settleTies(table: ObjectTable, order: Float64Array): void {
  for (let at = 1; at < order.length; at++) {
    const number = order[at] ?? 0;
    let to = at;
    while (to > 0 && isBefore(table, number, order[to - 1] ?? 0)) {
      order[to] = order[to - 1] ?? 0;
      to--;
    }
    order[to] = number;
  }
}

function isBefore(table: ObjectTable, a: number, b: number): boolean {
  const [left, right] = [table.pageOf(a).view, table.pageOf(b).view];
  for (let part = 0; part < 32; part += 4) {
    const difference = orderOf(left, byteInPage(a) + part) - orderOf(right, byteInPage(b) + part);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function prefixOf(table: ObjectTable, number: number): number {
  return table.pageOf(number).view.getUint32(byteInPage(number));
}

function fillFanout({ bytes, view }: RowMemory, bits: number): void {
  const head = headSizeOf(bits);
  const count = view.getUint32(8, true);
  let row = 0;
  for (let bucket = 0; bucket < 2 ** bits; bucket++) {
    const from = row;
    while (row < count && bucketOf(orderOf(view, head + row * ROW_SIZE), bits) === bucket) row++;
    const at = FANOUT_AT + bucket * BUCKET_SIZE;
    view.setUint32(at, row, true);
    view.setBigUint64(
      at + 4,
      xxh3(bytes.subarray(head + from * ROW_SIZE, head + row * ROW_SIZE)),
      true,
    );
  }
}
