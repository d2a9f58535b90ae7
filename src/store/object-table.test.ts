import { expect, test } from "vitest";
import { hashObject, IdKey } from "./id-key.ts";
import { encodeIndex } from "./index-format.ts";
import { ObjectTable } from "./object-table.ts";
import { PackIndex } from "./pack-index.ts";

const COUNT = 20_000;

function idOf(number: number): ReturnType<typeof hashObject> {
  return hashObject(Uint8Array.of(number, number >> 8, number >> 16));
}

function makeTable(): ObjectTable {
  const table = new ObjectTable();
  const key = new IdKey();
  for (let number = 0; number < COUNT; number++) {
    key.set(idOf(number));
    const row = { offset: number, encoding: 0, rawSize: number, position: 0, storedSize: 1 };
    table.fill(table.reserve(key), { ...row, checksum: 5n });
  }
  return table;
}

test("finds every object that was added and no other", () => {
  const table = makeTable();
  const key = new IdKey();
  for (let number = 0; number < COUNT; number++) {
    key.set(idOf(number));
    expect(table.has(key)).toBe(true);
    key.set(idOf(number + COUNT));
    expect(table.has(key)).toBe(false);
  }
});

test("its index finds the same, with the same row", () => {
  const index = new PackIndex("test.idx", encodeIndex(makeTable()).bytes);
  const key = new IdKey();
  for (let number = 0; number < COUNT; number++) {
    key.set(idOf(number));
    expect(index.find(key)?.offset).toBe(number);
    key.set(idOf(number + COUNT));
    expect(index.find(key)).toBeUndefined();
  }
});

test("the index is sorted by id, also where the first bytes are equal", () => {
  const table = new ObjectTable();
  const key = new IdKey();
  const ids = ["ab", "00", "ff", "7f"]
    .map((end) => `11223344${"0".repeat(54)}${end}`)
    .concat("80".repeat(32), "7f".repeat(32));
  for (const id of ids) {
    key.set(id as ReturnType<typeof hashObject>);
    table.reserve(key);
  }
  const index = new PackIndex("test.idx", encodeIndex(table).bytes);

  const sorted = [...index.objects()].map(({ id }) => id);
  expect(sorted).toEqual([...ids].sort());
});
