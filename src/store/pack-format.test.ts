import { expect, test } from "vitest";
import {
  decodeRow,
  encodeRow,
  isHeaderIntact,
  makeRowMemory,
  ROW_SIZE,
  toHex64,
  xxh3,
} from "./pack-format.ts";

test("a row keeps sizes beyond 32 bits", () => {
  const row = {
    offset: 2 ** 47 + 3,
    encoding: 2,
    rawSize: 2 ** 48 - 1,
    position: 0,
    storedSize: 2 ** 32 - 1,
    checksum: 2n ** 64n - 1n,
  };
  const memory = makeRowMemory(new Uint8Array(ROW_SIZE));
  encodeRow(memory, 0, row);

  expect(decodeRow(memory, 0)).toEqual(row);
});

test("a row in a group keeps its position", () => {
  const row = { offset: 8, encoding: 4, rawSize: 9, position: 65535, storedSize: 5, checksum: 1n };
  const memory = makeRowMemory(new Uint8Array(ROW_SIZE));
  encodeRow(memory, 0, row);

  expect(decodeRow(memory, 0)).toEqual(row);
});

test("any flipped bit of a header shows", () => {
  const memory = makeRowMemory(new Uint8Array(ROW_SIZE).fill(7));
  encodeRow(memory, 0, {
    offset: 8,
    encoding: 1,
    rawSize: 9,
    position: 0,
    storedSize: 5,
    checksum: 77n,
  });
  expect(isHeaderIntact(memory, 0)).toBe(true);

  for (let bit = 0; bit < 56 * 8; bit++) {
    const { bytes } = memory;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(isHeaderIntact(memory, 0)).toBe(false);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  }
});

test("checksums are those of other programs", () => {
  expect(toHex64(xxh3(new Uint8Array(0)))).toBe("2d06800538d394c2");
  expect(toHex64(xxh3(new TextEncoder().encode("a")))).toBe("e6c632b61e964e1f");
  expect(Bun.hash.crc32("123456789")).toBe(0xcbf43926);
});
