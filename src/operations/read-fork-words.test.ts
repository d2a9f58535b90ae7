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
  ["v1", { content: V1 }],
  ["f", { name: "f" }],
  ["many", { name: "many" }],
])("one word, %s, says how it was read", (word, reading) => {
  const { note, ...rest } = readForkWords({ words: [word] }, resolve);
  expect(rest).toEqual(reading);
  expect(note?.(V1, "fork-1")).toContain(`"${word}" is `);
});

test("what is neither a snapshot nor a name is a snapshot that is not there", () => {
  expect(() => readForkWords({ words: ["HEAD~99"] }, resolve)).toThrow("'HEAD~99' not found");
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
