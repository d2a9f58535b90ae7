import { expect, test } from "vitest";
import { fromBytes, fromText } from "../model/raw-path.ts";
import { hashName } from "./name-hash.ts";

/** The values of FNV-1a that these go through are those of RFC 9923, where it has them: "a" 0xe40c292c, "foobar" 0xbf9cf968. */
test.each([
  [fromText(""), 0xab3e7c0b],
  [fromText("a"), 0x1a80b1b3],
  [fromText("foobar"), 0x0c0da6dc],
  [fromText("file-50.bin"), 0x632cb63c],
  [fromText("ü"), 0xc15d99c6],
  [fromBytes(Uint8Array.of(0xff, 0x00)), 0xd63edccf],
])("%j hashes to what it always did", (name, hash) => {
  expect(hashName(name)).toBe(hash);
});

test("names that are counted are spread over the low bits", () => {
  const hits = Array.from({ length: 16_000 }, (_, at) => hashName(fromText(`file-${at}`)));
  const ofEach = Map.groupBy(hits, (hash) => hash % 16);
  expect(ofEach.size).toBe(16);
  for (const { length } of ofEach.values()) expect(Math.abs(length - 1000)).toBeLessThan(150);
});
