import { expect, test } from "vitest";
import { cutUnits, FillQueue, type FillUnit } from "./fill-queue.ts";

/** Every entry that the units hold, in order. */
function entriesOf(units: readonly FillUnit[]): string[] {
  return units.flatMap(({ folder, first, end }) =>
    Array.from({ length: end - first }, (_, at) => `${folder}:${first + at}`),
  );
}

test("units hold every entry once, few at a time, fewer where they are large", () => {
  const MIB = 1 << 20;
  const small = cutUnits(3, new Array<number>(1000).fill(100));
  expect(entriesOf(small)).toEqual(Array.from({ length: 1000 }, (_, at) => `3:${at}`));
  expect(small.length).toBe(4);
  const large = cutUnits(0, [9 * MIB, 1, 2, 3 * MIB, 2 * MIB]);
  expect(large.map(({ first, end }) => [first, end])).toEqual([
    [0, 1],
    [1, 4],
    [4, 5],
  ]);
  expect(cutUnits(0, [])).toEqual([]);
});

test("who takes from the same memory takes something else, until it is closed", () => {
  const units = cutUnits(0, new Array<number>(2000).fill(1));
  const ours = FillQueue.of(units);
  const theirs = new FillQueue(ours.memory);
  const [one, other] = [ours.take(), theirs.take()];
  const taken = [one.next(), other.next(), other.next(), one.next()].map(({ value }) => value);
  expect(taken).toEqual(units.slice(0, 4));
  theirs.close();
  expect([...one, ...other]).toEqual([]);
});
