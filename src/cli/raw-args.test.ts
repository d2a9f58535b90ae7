import { expect, test } from "vitest";
import { decodeKeeping, fromArg, repairArgs } from "./raw-args.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

test("arguments that are whole are left alone", () => {
  const args = ["snapshot", "é"];

  expect(repairArgs(args, () => expect.fail("nothing to repair"))).toBe(args);
});

test("bytes that are no UTF-8 come back as they were", () => {
  const args = repairArgs(["cat", "HEAD", "caf\ufffd/\u00e9"], () =>
    bytes("./jvs\0cat\0HEAD\0caf\xe9/\xc3\xa9\0"),
  );

  expect(args.slice(0, 2)).toEqual(["cat", "HEAD"]);
  expect(fromArg(args[2] ?? "")).toBe("caf\xe9/\xc3\xa9");
});

test("without the bytes, what JavaScript saw must do", () => {
  expect(repairArgs(["\ufffd"], () => undefined)).toEqual(["\ufffd"]);
});

test.each([
  "\xff",
  "a\xc3",
  "\xc0\x80",
  "\xed\xa0\x80",
  "\xf5\x80\x80\x80",
  "\xe2\x82x\xe2\x82\xac",
  "\xf0\x9f\x98\x80",
])("every byte of %j is kept", (raw) => {
  expect(fromArg(decodeKeeping(bytes(raw)))).toBe(raw);
});

test("text becomes its UTF-8", () => {
  expect(fromArg("plain")).toBe("plain");
  expect(fromArg("é😀")).toBe("\xc3\xa9\xf0\x9f\x98\x80");
});
