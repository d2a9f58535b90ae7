import fc from "fast-check";
import { expect, test } from "vitest";
import { CHUNK_MAX, CHUNK_MIN, Chunker } from "./chunker.ts";
import { noise } from "./scratch-store.suite.ts";

const MIB = 1 << 20;

function sizesOf(pieces: readonly Uint8Array[]): number[] {
  const chunker = new Chunker();
  const sizes: number[] = [];
  let size = 0;
  for (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const end = chunker.next(piece.subarray(at));
      const taken = end === -1 ? piece.length - at : end;
      at += taken;
      size += taken;
      if (end === -1) continue;
      sizes.push(size);
      size = 0;
    }
  return size === 0 ? sizes : [...sizes, size];
}

function hashesOf(bytes: Uint8Array): string[] {
  let end = 0;
  return sizesOf([bytes]).map((size) => {
    end += size;
    return Bun.CryptoHasher.hash("sha256", bytes.subarray(end - size, end), "hex");
  });
}

test("cuts where it always did: these sizes are part of the format", () => {
  expect(sizesOf([noise(16 * MIB)])).toEqual([
    1219885, 1093616, 1129163, 995389, 1394366, 580083, 1052208, 1265723, 1452875, 1789704, 542124,
    1072667, 1294364, 1244992, 650057,
  ]);
  expect(sizesOf([noise(3 * MIB + 1, 7)])).toEqual([1708168, 611166, 826395]);
});

test("cuts zeros at the largest size", () => {
  expect(sizesOf([new Uint8Array(10 * MIB)])).toEqual([CHUNK_MAX, CHUNK_MAX, 2 * MIB]);
});

test("keeps the limits and loses nothing", () => {
  const sizes = sizesOf([noise(64 * MIB, 3)]);

  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(64 * MIB);
  for (const size of sizes.slice(0, -1)) {
    expect(size).toBeGreaterThan(CHUNK_MIN);
    expect(size).toBeLessThanOrEqual(CHUNK_MAX);
  }
});

test("cuts at the same places however the bytes come in", () => {
  const bytes = noise(6 * MIB, 5);
  const whole = sizesOf([bytes]);

  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 * MIB }), { maxLength: 6 }), (lengths) => {
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (const length of lengths) {
        pieces.push(bytes.subarray(at, at + length));
        at = Math.min(at + length, bytes.length);
      }
      expect(sizesOf([...pieces, bytes.subarray(at)])).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test("a changed byte changes one chunk, or two", () => {
  const bytes = noise(32 * MIB, 9);
  const before = new Set(hashesOf(bytes));
  bytes[20 * MIB] = (bytes[20 * MIB] ?? 0) ^ 1;

  expect(hashesOf(bytes).filter((hash) => !before.has(hash)).length).toBeLessThanOrEqual(2);
});

test("an inserted byte changes few chunks", () => {
  const bytes = noise(32 * MIB, 9);
  const before = new Set(hashesOf(bytes));
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes.subarray(0, 10 * MIB));
  longer.set(bytes.subarray(10 * MIB), 10 * MIB + 1);

  expect(hashesOf(longer).filter((hash) => !before.has(hash)).length).toBeLessThanOrEqual(4);
});

test("without bytes there is no chunk", () => {
  expect(sizesOf([])).toEqual([]);
  expect(sizesOf([new Uint8Array(0)])).toEqual([]);
});
