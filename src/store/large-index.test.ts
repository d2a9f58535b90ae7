import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { hashObject, IdKey } from "./id-key.ts";
import { encodeIndex } from "./index-format.ts";
import { IndexDamaged, IndexHead } from "./index-head.ts";
import { LargeIndex } from "./large-index.ts";
import { ObjectTable } from "./object-table.ts";
import { makeRowMemory, ROW_SIZE } from "./pack-format.ts";

const COUNT = 20_000;
const MANY_READS = 64;

function idOf(number: number): ObjectId {
  // A few that begin alike: their first bits alone do not tell one from the other.
  const id = hashObject(Uint8Array.of(number, number >> 8, number >> 16));
  return (number % 5000 === 0 ? `11223344${id.slice(8)}` : id) as ObjectId;
}

function keyOf(number: number): IdKey {
  const key = new IdKey();
  key.set(idOf(number));
  return key;
}

/** An index of more than a megabyte, in memory that can be damaged; `reads` counts what is asked for. */
function makeIndex(): { index: LargeIndex; bytes: Uint8Array; reads: number[] } {
  const table = new ObjectTable();
  for (let number = 0; number < COUNT; number++) {
    const row = { offset: number, encoding: 0, rawSize: number, position: 0, storedSize: 1 };
    table.fill(table.reserve(keyOf(number)), { ...row, checksum: 5n });
  }
  const { bytes } = encodeIndex(table);
  const reads: number[] = [];
  const read = (target: Uint8Array, position: number): number => {
    const found = bytes.subarray(position, position + target.length);
    target.set(found);
    reads.push(found.length);
    return found.length;
  };
  const head = new IndexHead("test.idx", makeRowMemory(bytes.slice(0, 4096)));
  const file = { path: "test.idx", size: bytes.length, head, read };
  return { index: new LargeIndex(file), bytes, reads };
}

test("finds every object with its row, and no other, from the first look-up to the last", () => {
  const { index } = makeIndex();
  for (let number = 0; number < COUNT; number++) {
    expect(index.find(keyOf(number))?.offset).toBe(number);
    expect(index.find(keyOf(number + COUNT))).toBeUndefined();
  }
});

test("after many look-ups nothing is read for what is not there, and a row for what is", () => {
  const { index, reads } = makeIndex();
  for (let number = 0; number <= MANY_READS; number++) index.find(keyOf(number + COUNT));
  reads.length = 0;

  index.find(keyOf(COUNT + 7));
  expect(reads).toEqual([]);
  index.find(keyOf(7));
  expect(reads).toEqual([ROW_SIZE]);
});

test("as a whole it holds every object", () => {
  const { index } = makeIndex();
  const offsets = [...index.whole().objects()].map(({ row }) => row.offset);
  expect(offsets.sort((one, other) => one - other)).toEqual([...Array(COUNT).keys()]);
});

test("what is damaged, or cut short, is found when it is read", () => {
  const { index, bytes } = makeIndex();
  for (let number = 0; number <= MANY_READS; number++) index.find(keyOf(number));
  bytes.fill(0, bytes.length - COUNT * ROW_SIZE);
  expect(() => index.find(keyOf(1))).toThrow(IndexDamaged);

  const fresh = makeIndex();
  fresh.bytes.fill(0, fresh.bytes.length - COUNT * ROW_SIZE);
  expect(() => fresh.index.find(keyOf(1))).toThrow(IndexDamaged);
  expect(() => fresh.index.whole()).toThrow(IndexDamaged);
});
