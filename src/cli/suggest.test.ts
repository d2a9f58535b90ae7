import { expect, test } from "vitest";
import { suggest } from "./suggest.ts";

const NAMES = ["snapshot", "status", "show", "history", "undo", "redo", "ls"];

test.each([
  ["snapshto", ["snapshot"]],
  ["stauts", ["status"]],
  ["hist", ["history"]],
  ["sta", ["status"]],
  ["undoo", ["undo"]],
  ["xyzzy", []],
  ["l", ["ls"]],
  ["", []],
])("%j was meant to be %j", (typed, names) => {
  expect(suggest(typed, NAMES)).toEqual(names);
});
