import { expect, test } from "vitest";
import type { Flags } from "./flags.ts";
import { asksForJson, parseWords } from "./parse-args.ts";

const FLAGS = {
  limit: { type: "number", short: "n", about: "" },
  tag: { type: "string", multiple: true, about: "" },
  file: { type: "string", short: "F", about: "" },
  all: { type: "boolean", short: "a", about: "" },
  kind: { type: "string", choices: ["manual", "auto"], about: "" },
} as const satisfies Flags;

test("flags stand before or behind the positionals, until --", () => {
  const args = parseWords(["-a", "one", "--tag", "x", "two", "--", "--tag", "-"], FLAGS);

  expect(args.flags.all).toBe(true);
  expect(args.flags.tag).toEqual(["x"]);
  expect(args.positionals).toEqual(["one", "two"]);
  expect(args.rest).toEqual(["--tag", "-"]);
});

test.each([
  [["-n5"], 5],
  [["-n", "5"], 5],
  [["-n=5"], 5],
  [["--limit=5"], 5],
  [["--limit", "-1"], -1],
  [["-an0"], 0],
  [[], undefined],
])("%j gives the limit %j", (words, limit) => {
  expect(parseWords(words, FLAGS).flags.limit).toBe(limit);
});

test("a dash alone is a word, and may be a value", () => {
  const { positionals, flags } = parseWords(["-", "-F-"], FLAGS);

  expect(positionals).toEqual(["-"]);
  expect(flags.file).toBe("-");
});

test("switches may be set to false, and the last one counts", () => {
  expect(parseWords(["--all=false"], FLAGS).flags.all).toBe(false);
  expect(parseWords(["--all=0", "--all=T"], FLAGS).flags.all).toBe(true);
  expect(parseWords(["--json", "-q"], FLAGS).globals).toMatchObject({ json: true, quiet: true });
});

test.each([
  [["--bogus"], "unknown flag: --bogus"],
  [["--bogus=1"], "unknown flag: --bogus"],
  [["-x"], "unknown shorthand flag: 'x' in -x"],
  [["-ax"], "unknown shorthand flag: 'x' in -ax"],
  [["--constructor"], "unknown flag: --constructor"],
  [["--tag"], "flag needs an argument: --tag"],
  [["-n"], "flag needs an argument: 'n' in -n"],
  [["--limit", "few"], 'invalid argument "few" for "-n, --limit" flag: must be a whole number'],
  [["--all=maybe"], 'invalid argument "maybe" for "-a, --all" flag: must be true or false'],
  [["--kind", "odd"], 'invalid argument "odd" for "--kind" flag: must be one of manual, auto'],
])("%j is refused: %s", (words, message) => {
  expect(() => parseWords(words, FLAGS)).toThrow(
    expect.objectContaining({ message, code: "E_USAGE" }),
  );
});

test("a flag with a typo gets a suggestion", () => {
  expect(() => parseWords(["--limti", "3"], FLAGS)).toThrow(
    expect.objectContaining({ hint: "Did you mean --limit?" }),
  );
});

test.each([
  [["status", "--json"], true],
  [["--json=true"], true],
  [["--json", "--json=false"], false],
  [["snapshot", "--", "--json"], false],
  [["--jsonx"], false],
])("whether %j asks for JSON: %j", (words, expected) => {
  expect(asksForJson(words)).toBe(expected);
});
