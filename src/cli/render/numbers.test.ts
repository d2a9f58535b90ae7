import { expect, test } from "vitest";
import { countOf, formatCount, formatSize } from "./numbers.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [1249, "1.2 KB"],
  [9949, "9.9 KB"],
  [9951, "10 KB"],
  [999_499, "999 KB"],
  [999_500, "1.0 MB"],
  [5_000_000_000, "5.0 GB"],
  [1e18, "1000 PB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test("counts have a comma every three digits, and their noun", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect(countOf(1, "path")).toBe("1 path");
  expect(countOf(1200, "path is", "paths are")).toBe("1,200 paths are");
});
