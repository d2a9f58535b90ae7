import { expect, test } from "vitest";
import { JvsError } from "../model/errors.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { readForkWords } from "./read-fork-words.ts";

const V1 = { snapshot_id: "1767322985000-11111111" } as Descriptor;

function resolve(ref: string): Descriptor {
  if (ref === "v1") return V1;
  throw new JvsError(`snapshot '${ref}' not found`, {
    code: ref === "many" ? "E_AMBIGUOUS" : "E_NOT_FOUND",
  });
}

test.each([
  [{ words: [] }, {}],
  [{ words: ["v1", "f"] }, { content: V1, name: "f" }],
  [
    { words: ["f"], from: "v1" },
    { content: V1, name: "f" },
  ],
  [
    { words: ["v1"], name: "f" },
    { content: V1, name: "f" },
  ],
  [
    { words: [], from: "v1", name: "f" },
    { content: V1, name: "f" },
  ],
])("%j leaves no doubt", (options, reading) => {
  expect(readForkWords(options, resolve)).toEqual(reading);
});

test.each([
  ["v1", { content: V1 }, "is snapshot 11111111"],
  ["f", { name: "f" }, "is no snapshot"],
  ["many", { name: "many" }, "fits several snapshots"],
])("one word, %s, says how it was read", (word, reading, words) => {
  const { note, ...rest } = readForkWords({ words: [word] }, resolve);
  expect(rest).toEqual(reading);
  expect(note?.(V1, "fork-1")).toContain(`"${word}" ${words}`);
});

test("what is neither a snapshot nor a name is a malformed name", () => {
  for (const word of ["..", ".", "a/b", "a b"])
    expect(() => readForkWords({ words: [word] }, resolve), word).toThrow(
      expect.objectContaining({ code: "E_NAME_INVALID" }),
    );
});

test("what only a snapshot can be called is one that is not there", () => {
  for (const word of ["HEAD~99", "@{yesterday}", "HEAD@{1 hour ago}"])
    expect(() => readForkWords({ words: [word] }, resolve)).toThrow(`'${word}' not found`);
});

test.each([
  [{ words: ["v1", "f"], name: "g" }],
  [{ words: ["v1", "f"], from: "v1" }],
  [{ words: ["x"], from: "v1", name: "g" }],
])("%j says something twice", (options) => {
  expect(() => readForkWords(options, resolve)).toThrow(
    expect.objectContaining({ code: "E_USAGE" }),
  );
});
