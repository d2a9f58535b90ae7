import { expect, test } from "vitest";
import { RAW, ZSTD } from "./pack-format.ts";
import { compress, inflate, looksLikeNoise } from "./payload.ts";
import { noise, prose } from "./scratch-store.suite.ts";

test("compresses what shrinks", () => {
  const bytes = prose(4096);
  const { encoding, rawSize, bytes: frame } = compress(bytes);

  expect(encoding).toBe(ZSTD);
  expect(rawSize).toBe(4096);
  expect(frame.length).toBeLessThan(400);
  expect(inflate(frame, 4096)).toEqual(bytes);
});

test("keeps what would not shrink by 5 % in the very same memory", () => {
  for (const bytes of [noise(4096), noise(900), new Uint8Array(0), new Uint8Array(10)])
    expect(compress(bytes)).toEqual({ encoding: RAW, rawSize: bytes.length, bytes });
});

test("tells noise from text, numbers and mixed content by a sample", () => {
  const hex = new TextEncoder().encode(Buffer.from(noise(4096)).toString("hex"));
  const base64 = new TextEncoder().encode(Buffer.from(noise(4096)).toString("base64"));
  const floats = new Uint8Array(Float32Array.from(noise(4096)).buffer);
  const half = new Uint8Array(1 << 20);
  half.set(noise(1 << 19));

  for (const bytes of [hex, base64, floats, half, prose(1024), noise(1023)])
    expect(looksLikeNoise(bytes)).toBe(false);
  for (let seed = 1; seed < 300; seed++)
    expect(looksLikeNoise(noise(1024 * seed, seed))).toBe(true);
});

test("a frame that states more than is wanted, or is cut short, is refused", () => {
  const frame = Bun.zstdCompressSync(prose(4096), { level: 1 });

  expect(inflate(frame, 4095)).toBeUndefined();
  expect(inflate(frame.subarray(0, frame.length - 1), 4096)).toBeUndefined();
  expect(inflate(new Uint8Array(0), 0)).toBeUndefined();
});

test("frames of all sizes state theirs", () => {
  for (const size of [64, 255, 256, 257, 65_791, 65_792, 1 << 20, 4 << 20]) {
    const frame = Bun.zstdCompressSync(prose(size), { level: 1 });
    expect(inflate(frame, size)?.length).toBe(size);
  }
});

test("a hostile frame that promises little and holds much is refused", () => {
  const bomb = Bun.zstdCompressSync(new Uint8Array(64 << 20), { level: 1 });
  const small = Bun.zstdCompressSync(prose(100), { level: 1 });

  expect(inflate(bomb, 100)).toBeUndefined();
  expect(inflate(Buffer.concat([small, bomb]), 100)).toBeUndefined();
});
