import { expect, test } from "vitest";
import { fromBytes, fromText, inWords, pathFields, type RawPath } from "./raw-path.ts";

const raw = (text: string): RawPath => text as RawPath;

test("reports have the path as it is, and its bytes where they are no UTF-8", () => {
  expect(pathFields(fromText("a b/é.txt"))).toEqual({ path: "a b/é.txt" });
  expect(pathFields(fromText("nl\nx\u001b"))).toEqual({ path: "nl\nx\u001b" });
  expect(pathFields(fromText("back\\slash"))).toEqual({ path: "back\\slash" });
  expect(pathFields(fromText("\ufeffbom"))).toEqual({ path: "\ufeffbom" });
  expect(pathFields(raw("f\xff\\n"))).toEqual({
    path: "f\\xff\\\\n",
    path_base64: Buffer.from("f\xff\\n", "latin1").toString("base64"),
  });
});

test.each([
  ["plain", "plain"],
  ["back\\slash", "back\\slash"],
  ["nl\nx", "nl\\x0ax"],
  ["nl\\x0ax", "nl\\\\x0ax"],
  ["nl\\\\x0ax", "nl\\\\\\\\x0ax"],
  ["\u001b[2J\\", "\\x1b[2J\\\\"],
  ["\u2028", "\\xe2\\x80\\xa8"],
  ["\u0085", "\\xc2\\x85"],
])("people see %j as %s", (path, shown) => {
  expect(inWords(pathFields(fromText(path)))).toBe(shown);
});

test("no two paths look the same to people", () => {
  const pieces = ["\n", "\\", "x0a", "\xff", "\\xff", "\x1b", "a", "\xc3\xa9"];
  const paths = pieces.flatMap((one) =>
    pieces.flatMap((two) => pieces.map((three) => `${one}${two}${three}`)),
  );
  const bytes = new Set(paths);
  const shown = new Set(
    [...bytes].map((path) => inWords(pathFields(fromBytes(Buffer.from(path, "latin1"))))),
  );
  expect(shown.size).toBe(bytes.size);
});
