import { expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { TouchedPaths } from "./touched-paths.ts";

test("tells what was touched since, each path once", () => {
  const touched = new TouchedPaths();
  touched.touchPath("a" as RawPath);
  touched.touchPath("b" as RawPath);
  const { seq } = touched;
  touched.touchPath("a" as RawPath);
  touched.touchTree("c" as RawPath);
  expect(touched.since(seq)).toEqual({ paths: ["a"], trees: ["c"] });
  expect(touched.since(touched.seq)).toEqual({ paths: [], trees: [] });
});

test("knows nothing of what it has forgotten, nor of what is still to come", () => {
  const touched = new TouchedPaths();
  touched.touchPath("a" as RawPath);
  touched.touchPath("b" as RawPath);
  touched.since(2);
  expect(touched.since(1)).toBeUndefined();
  expect(touched.since(3)).toBeUndefined();
});

test("takes no more room than it may, and says that it lost account", () => {
  const touched = new TouchedPaths();
  for (let path = 0; path < 60_000; path++) touched.touchPath(`${path}` as RawPath);
  expect(touched.size).toBeLessThanOrEqual(50_000);
  expect(touched.since(1)).toBeUndefined();
  const { seq } = touched;
  touched.touchPath("more" as RawPath);
  expect(touched.since(seq)).toEqual({ paths: ["more"], trees: [] });
});
