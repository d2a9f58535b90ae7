import { expect, test } from "vitest";
import { type Answer, decodeAnswer, encodeAnswer } from "./call-messages.ts";

const ANSWER: Answer = {
  pieces: [
    { fd: 1, bytes: Buffer.from("first\n") },
    { fd: 2, bytes: Buffer.from("warning\n") },
    { fd: 1, bytes: Buffer.from([0, 255, 10]) },
  ],
  status: 3,
};

test("what was written comes through in order, with the status", () => {
  expect(decodeAnswer(Buffer.from(encodeAnswer(ANSWER)))).toEqual(ANSWER);
  const silent: Answer = { pieces: [], status: 0 };
  expect(decodeAnswer(Buffer.from(encodeAnswer(silent)))).toEqual(silent);
});

test("an answer that is cut off anywhere is none", () => {
  const whole = Buffer.from(encodeAnswer(ANSWER));
  for (let length = 0; length < whole.length; length++)
    expect(decodeAnswer(whole.subarray(0, length))).toBeUndefined();
});
