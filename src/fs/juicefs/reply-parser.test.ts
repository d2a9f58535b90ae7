import { expect, test } from "vitest";
import { type ReplyFrame, ReplyParser } from "./reply-parser.ts";

const PROGRESS = "fe 00000000000003f5 0000000000000226";
const DATA = "ff 00000002 7b7d";

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

const FRAMES: ReplyFrame[] = [
  { kind: "progress", count: 1013, total: 550 },
  { kind: "progress", count: 1013, total: 550 },
  { kind: "data", bytes: Uint8Array.from([0x7b, 0x7d]) },
  { kind: "status", errno: 0 },
  { kind: "status", errno: 122 },
];
const ALL = bytesOf(`${PROGRESS} ${PROGRESS} ${DATA} 00 7a`);

test("frames that come joined", () => {
  expect(new ReplyParser().push(ALL)).toEqual(FRAMES);
});

test("frames split at every byte", () => {
  for (let cut = 0; cut <= ALL.length; cut++) {
    const parser = new ReplyParser();
    expect([...parser.push(ALL.subarray(0, cut)), ...parser.push(ALL.subarray(cut))]).toEqual(
      FRAMES,
    );
  }
});

test("one byte at a time, with empty reads between", () => {
  const parser = new ReplyParser();
  const frames = [...ALL].flatMap((byte) => [
    ...parser.push(new Uint8Array(0)),
    ...parser.push(Uint8Array.of(byte)),
  ]);

  expect(frames).toEqual(FRAMES);
});

test("reused memory does not change what was read", () => {
  const parser = new ReplyParser();
  const memory = new Uint8Array(8);
  memory.set(bytesOf(DATA));
  const [frame] = parser.push(memory.subarray(0, 7));
  memory.fill(0);

  expect(frame).toEqual({ kind: "data", bytes: Uint8Array.from([0x7b, 0x7d]) });
});

test("data without any bytes", () => {
  expect(new ReplyParser().push(bytesOf("ff 00000000"))).toEqual([
    { kind: "data", bytes: new Uint8Array(0) },
  ]);
});
