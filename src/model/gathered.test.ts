import { expect, test } from "vitest";
import { gathered } from "./gathered.ts";

test("small pieces become few, in order and with bytes in their place", () => {
  const many = Array.from({ length: 30_000 }, (_, at) => `line ${at}\n`);
  const bytes = Uint8Array.of(0, 255);
  const pieces = [...gathered([...many, bytes, bytes, "last"])];
  expect(pieces.length).toBeLessThan(10);
  expect(pieces.slice(-3)).toEqual([bytes, bytes, "last"]);
  expect(pieces.filter((piece) => typeof piece === "string").join("")).toBe(`${many.join("")}last`);
});

test("nothing stays nothing", () => {
  expect([...gathered([])]).toEqual([]);
  expect([...gathered(["", ""])]).toEqual([]);
});
