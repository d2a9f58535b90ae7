import { expect, test } from "vitest";
import { RowQueue, type Turn } from "./row-queue.ts";

/** Below ten by itself, from a thousand on not at all. */
function turnOf(row: number): Turn {
  if (row >= 1000) return "none";
  return row < 10 ? "own" : "shared";
}

test("large rows are taken one by one, others with their neighbours, each once", () => {
  const small = Array.from({ length: 40 }, (_, at) => 100 + at);
  const ours = RowQueue.of([1, 1000, 2, ...small, 3, 1001], turnOf);
  expect(ours.large).toBe(3);
  const theirs = new RowQueue(ours.memory);
  const [one, other] = [ours.take(), theirs.take()];
  expect([one.next().value, other.next().value, other.next().value]).toEqual([1, 2, 3]);
  expect(one.next().value).toBe(100);
  expect(other.next().value, "thirty-two neighbours are the other's").toBe(132);
  expect([...one, ...other].length).toBe(40 - 2);
});

test("a closed queue gives what was taken already, and no more", () => {
  const queue = RowQueue.of([11, 12, 13], turnOf);
  queue.close();
  expect([...queue.take()]).toEqual([]);
  expect([...RowQueue.of([7], turnOf).take()]).toEqual([7]);
});
