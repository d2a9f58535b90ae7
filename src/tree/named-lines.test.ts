import { expect, test } from "vitest";
import type { RawPath } from "../model/raw-path.ts";
import { NamedLines } from "./named-lines.ts";

const find = (lines: NamedLines, name: string): string | undefined => lines.find(name as RawPath);
const line = (name: string, keys = ""): string => `f 644 1 1 ${"0".repeat(64)} ${name}${keys}`;

test("a line is found by the name it is about, whatever else it holds", () => {
  const lines = new NamedLines([line("a"), line("644"), line("b", " sparse"), line("two%20words")]);
  expect(find(lines, "a")).toBe(line("a"));
  expect(find(lines, "644")).toBe(line("644"));
  expect(find(lines, "b")).toBe(line("b", " sparse"));
  expect(find(lines, "two words")).toBe(line("two%20words"));
  expect(find(lines, "sparse")).toBeUndefined();
  expect(find(lines, "1")).toBeUndefined();
});

test("many are found as few are", () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
  const lines = new NamedLines(names.map((name) => line(name)));
  for (const name of names) expect(find(lines, name)).toBe(line(name));
  expect(find(lines, "n")).toBeUndefined();
});
