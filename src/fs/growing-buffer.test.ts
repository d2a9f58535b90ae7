import { expect, test } from "vitest";
import { GrowingBuffer } from "./growing-buffer.ts";

test("there is room for what is asked for, and no new memory where there was room", () => {
  const buffer = new GrowingBuffer();
  const small = buffer.withRoom(1);
  expect(buffer.withRoom(small.bytes.length)).toBe(small);

  const large = buffer.withRoom(1_000_000);
  expect(large.bytes.length).toBeGreaterThanOrEqual(1_000_000);
  expect(buffer.withRoom(1)).toBe(large);
  expect(large.address).toBeGreaterThan(0);
});

test("it grows at least to twice as much, so that it seldom has to", () => {
  const buffer = new GrowingBuffer();
  const least = buffer.withRoom(0).bytes.length;
  expect(buffer.withRoom(least + 1).bytes.length).toBe(2 * least);
});
