import { expect, test } from "vitest";
import { hashObject, IdKey } from "./id-key.ts";
import { encodeIndex } from "./index-format.ts";
import { ObjectTable } from "./object-table.ts";
import { decodeRow } from "./pack-format.ts";
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
    table.add(key, { offset: number, encoding: 0, rawSize: number, storedSize: 1, checksum: 5n });
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
  const index = new PackIndex("test.idx", { bytes: encodeIndex(makeTable()), isWhole: true });
  const key = new IdKey();
  for (let number = 0; number < COUNT; number++) {
    key.set(idOf(number));
    expect(decodeRow(index.rows, index.find(key)).offset).toBe(number);
    key.set(idOf(number + COUNT));
    expect(index.find(key)).toBe(-1);
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
    table.add(key, { offset: 0, encoding: 0, rawSize: 0, storedSize: 0, checksum: 0n });
  }
  const index = new PackIndex("test.idx", { bytes: encodeIndex(table), isWhole: true });

  const sorted = ids.map((_, row) =>
    Buffer.from(index.rows.bytes).toString("hex", index.startOf(row), index.startOf(row) + 32),
  );
  expect(sorted).toEqual([...ids].sort());
});
