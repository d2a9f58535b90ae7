import { expect, test } from "vitest";
import type { RawPath } from "../model/raw-path.ts";
import { decodeAnswer, decodeQuestion, encodeAnswer, encodeQuestion } from "./watch-messages.ts";

const MOMENT = { epoch: 18446744073709551615n, seq: 12 };

test("names of any bytes come through", () => {
  const paths = ["a", "new\nline", "\xff\xfe", "\x01 \\"] as RawPath[];
  const answer = { now: MOMENT, touched: { paths, trees: ["dir/\n"] as RawPath[] } };
  expect(decodeAnswer(Buffer.from(encodeAnswer(answer)))).toEqual(answer);
  const none = { now: MOMENT, touched: { paths: [], trees: [] } };
  expect(decodeAnswer(Buffer.from(encodeAnswer(none)))).toEqual(none);
});

test("not to know is another answer than to know of nothing", () => {
  expect(decodeAnswer(Buffer.from(encodeAnswer({ now: MOMENT })))).toEqual({ now: MOMENT });
  expect(decodeAnswer(Buffer.from(encodeAnswer({})))).toEqual({});
});

test("a torn answer is none, wherever it is torn", () => {
  const touched = { paths: ["one\n", "two\n"] as RawPath[], trees: ["three"] as RawPath[] };
  const whole = Buffer.from(encodeAnswer({ now: MOMENT, touched }));
  for (let length = 0; length < whole.length; length++)
    expect(decodeAnswer(whole.subarray(0, length))).toBeUndefined();
});

test("a question of another version is none", () => {
  const question = { ask: "touched", worktree: "main", identity: "1:2", since: MOMENT } as const;
  const line = Buffer.from(encodeQuestion(question)).toString();
  expect(decodeQuestion(line)).toMatchObject(question);
  expect(decodeQuestion(line.replace('"version":1', '"version":2'))).toBeUndefined();
  expect(decodeQuestion("rubbish\n")).toBeUndefined();
});
