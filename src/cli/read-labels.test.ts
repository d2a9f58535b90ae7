import { expect, test } from "vitest";
import { readMeta, readTags } from "./read-labels.ts";

test("tags come one by one or with commas, in quotes or not", () => {
  expect(readTags(["a", 'b,"c"', "", "a"])).toEqual(["a", "b", "c", "a"]);
});

test("a tag that is not well-formed is refused", () => {
  expect(() => readTags(["a b"])).toThrow(
    expect.objectContaining({
      code: "E_NAME_INVALID",
      message: 'invalid tag "a b": E_NAME_INVALID: tag must match [a-zA-Z0-9._-]+: a b',
    }),
  );
  expect(() => readTags(["a,,b"])).toThrow('invalid tag ""');
});

test("facts are pairs; the last one of a key counts", () => {
  expect(readMeta(["run=7", "url=a=b", "run=8", "empty="])).toEqual({
    run: "8",
    url: "a=b",
    empty: "",
  });
});

test.each(["run", "=7"])("%j is no pair", (pair) => {
  expect(() => readMeta([pair])).toThrow(
    expect.objectContaining({
      code: "E_USAGE",
      message: `invalid argument "${pair}" for "--meta" flag: must be key=value`,
    }),
  );
});
