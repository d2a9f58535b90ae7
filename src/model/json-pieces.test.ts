import { expect, test } from "vitest";
import { jsonPieces } from "./json-pieces.ts";

const VALUES: readonly unknown[] = [
  null,
  "a\nb",
  3,
  [],
  {},
  [1, { a: [] }],
  { a: undefined },
  { a: undefined, b: { c: [{ d: 'x"\n' }, null], e: {} }, "f\n": true },
  { when: new Date(0), bytes: Buffer.from("a"), left: () => 1 },
];

for (const value of VALUES)
  test(`${JSON.stringify(value)} is written as by the language`, () => {
    expect([...jsonPieces(value)].join("")).toBe(JSON.stringify(value, null, 2));
  });

const LISTS: readonly (readonly unknown[])[] = [[], [1], [{ a: [1, "\n"] }, undefined, []]];

for (const list of LISTS)
  test(`an iterable is written as the array ${JSON.stringify(list)}`, () => {
    const value = { a: { list: new Set(list) }, b: 1 };
    const pieces = [...jsonPieces(value)];
    expect(pieces.join("")).toBe(JSON.stringify({ a: { list }, b: 1 }, null, 2));
  });

test("elements are made one by one", () => {
  let made = 0;
  const list = {
    *[Symbol.iterator]() {
      for (;;) yield ++made;
    },
  };
  const pieces = jsonPieces({ list });
  for (let at = 0; at < 3; at++) pieces.next();
  expect(made).toBe(2);
});
