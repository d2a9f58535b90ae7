import { expect, test } from "vitest";
import { encodeAnswer, encodeCall } from "./call-messages.ts";

test("an answer is its pieces in order, each behind where it goes and its length, and the status", () => {
  const pieces = [
    { fd: 1, bytes: Buffer.from("one\n") },
    { fd: 2, bytes: Buffer.from([0, 255]) },
  ] as const;
  const bytes = [1, 4, 0, 0, 0, 0x6f, 0x6e, 0x65, 10, 2, 2, 0, 0, 0, 0, 255, 0, 3, 1, 0, 0];
  expect([...encodeAnswer({ pieces, status: 259 })]).toEqual(bytes);
  expect([...encodeAnswer({ pieces: [], status: 0 })]).toEqual([0, 0, 0, 0, 0]);
});

test("a call is one line", () => {
  const call = { program: "0.1.0", words: ["status", "a\nb"], env: { A: "\n" } };
  const line = Buffer.from(encodeCall(call)).toString();
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual(call);
});
