import { parseArgs } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cutWords } from "./cut-words.ts";
import type { Flags } from "./flags.ts";

const FLAGS: Flags = {
  limit: { type: "number", short: "n", about: "" },
  file: { type: "string", short: "F", about: "" },
  all: { type: "boolean", short: "a", about: "" },
  quiet: { type: "boolean", short: "q", about: "" },
  tag: { type: "string", about: "" },
};

function byNode(words: readonly string[]): unknown[] {
  const options = Object.fromEntries(
    Object.entries(FLAGS).map(([name, { type, short }]) => [
      name,
      {
        type: type === "boolean" ? ("boolean" as const) : ("string" as const),
        ...(short && { short }),
      },
    ]),
  );
  const config = { args: [...words], options, strict: false, allowPositionals: true } as const;
  return parseArgs({ ...config, tokens: true }).tokens.map((token) =>
    token.kind === "option" ? token : { ...token, index: undefined },
  );
}

const pieces = ["-", "--", "=", "n", "F", "a", "q", "x", "5", "limit", "file", "all", "tag", ""];
const word = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => parts.join(""));
/** A `--` where people see switches, and a name that no flag can have. */
const isOdd = (text: string): boolean => /^-[^-].*-|^--=/.test(text);

test("words are cut as node:util cuts them", () => {
  fc.assert(
    fc.property(
      fc.array(
        word.filter((text) => !isOdd(text)),
        { maxLength: 6 },
      ),
      (words) => {
        const tokens = cutWords(words, FLAGS).map((token) =>
          token.kind === "option" ? token : { ...token, index: undefined },
        );
        expect(tokens).toEqual(byNode(words));
      },
    ),
    { numRuns: 3000 },
  );
});

test("a dash among short flags is a flag that there is not", () => {
  const [, dash] = cutWords(["-a-"], FLAGS);
  expect(dash).toMatchObject({ kind: "option", name: "-", rawName: "--" });
});
