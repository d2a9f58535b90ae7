import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

test("sorts keys at every depth and leaves no spaces", () => {
  expect(canonicalJson({ b: 1, a: [{ d: null, c: true }], "": "x y" })).toBe(
    '{"":"x y","a":[{"c":true,"d":null}],"b":1}',
  );
});

test("sorts keys by UTF-8 bytes, not as numbers and not by UTF-16 units", () => {
  const keys = ["10", "9", "a", "B", "é", "\uffee", "\u{1f600}", "ab", ""];

  const written = Object.keys(
    JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))),
  );
  const inText = [
    ...canonicalJson(Object.fromEntries(keys.map((key) => [key, 0]))).matchAll(/"([^"]*)"/g),
  ];

  expect(written.sort()).toEqual([...keys].sort());
  expect(inText.map(([, key]) => key)).toEqual(
    [...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
  );
});

test("leaves out what is undefined, and keeps places in lists", () => {
  expect(canonicalJson({ a: undefined, b: [undefined, 1], c: Number.NaN })).toBe(
    '{"b":[null,1],"c":null}',
  );
});

test("writes the same for a value and for what JSON made of it", () => {
  const value = { z: "\ud800 \u2028", a: -0, n: 1e21, deep: { y: [[], {}], x: undefined } };

  expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
});

test("keeps a key that objects treat in a special way", () => {
  expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
});
