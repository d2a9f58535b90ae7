import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import type { ChunkRef } from "./chunk-list.ts";
import { CHUNK_MAX } from "./chunker.ts";
import { hashObject } from "./id-key.ts";
import { beginLargeFile, type LargeFileHelp } from "./large-file.ts";
import { noise } from "./scratch-store.suite.ts";

const MIB = 1 << 20;

interface Taken {
  readonly id: ObjectId;
  readonly chunks: readonly ChunkRef[];
  /** What the sink was given: chunks that were found again are not among it. */
  readonly stored: readonly ObjectId[];
}

function take(bytes: Uint8Array, help: Partial<LargeFileHelp> = {}): Taken {
  const stored: ObjectId[] = [];
  let chunks: readonly ChunkRef[] = [];
  const sink = {
    storeWhole(id: ObjectId, content: Uint8Array) {
      expect(hashObject(content)).toBe(id);
      stored.push(id);
    },
    storeList(_: ObjectId, list: readonly ChunkRef[]) {
      chunks = list;
    },
  };
  const file = beginLargeFile(sink, { known: [], hasIdleCore: false, ...help });
  for (let at = 0; at < bytes.length; at += 700_001) file.update(bytes.subarray(at, at + 700_001));
  return { id: file.finish(), chunks, stored };
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const BEFORE = noise(24 * MIB, 3);
const KNOWN = take(BEFORE).chunks;

function flipped(at: number): Uint8Array {
  const bytes = BEFORE.slice();
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

const EDITS: readonly (readonly [string, Uint8Array, number])[] = [
  ["nothing", BEFORE, 1],
  ["the first byte", flipped(0), 2],
  ["a byte within", flipped(11 * MIB), 3],
  ["the last byte", flipped(BEFORE.length - 1), 1],
  [
    "bytes that came in",
    join(BEFORE.subarray(0, 7 * MIB), noise(1000), BEFORE.subarray(7 * MIB)),
    4,
  ],
  ["bytes that went", join(BEFORE.subarray(0, 7 * MIB), BEFORE.subarray(9 * MIB)), 10],
  ["bytes behind the end", join(BEFORE, noise(3 * MIB, 8)), 5],
  ["bytes before the beginning", join(noise(1, 8), BEFORE), 4],
  ["the end went", BEFORE.subarray(0, 13 * MIB), 2],
  ["all but the beginning went", BEFORE.subarray(0, 600_000), 1],
  ["two parts changed places", join(BEFORE.subarray(12 * MIB), BEFORE.subarray(0, 12 * MIB)), 7],
  ["zeros", new Uint8Array(10 * MIB), 3],
];

test.each(EDITS)("what was known changes nothing of what comes of it: %s", (_, bytes, most) => {
  const plain = take(bytes);
  const again = take(bytes, { known: KNOWN });

  expect(again.id).toBe(hashObject(bytes));
  expect(again.chunks).toEqual(plain.chunks);
  // Few chunks had to be cut: the others were found again.
  expect(again.stored.length).toBeLessThanOrEqual(most);
});

test.each(EDITS)("another thread gives the file the same name: %s", (_, bytes) => {
  const { id, chunks } = take(bytes, { known: KNOWN, hasIdleCore: true });

  expect(id).toBe(hashObject(bytes));
  expect(chunks).toEqual(take(bytes).chunks);
});

test("chunks that no chunker makes are not waited for", () => {
  const id = hashObject(BEFORE);
  for (const size of [0, CHUNK_MAX + 1]) {
    const known = [{ id, size }, ...KNOWN];
    expect(take(BEFORE, { known }).chunks).toEqual(KNOWN);
  }
});

test("another thread is done with an empty file, and with one that is given up", () => {
  expect(take(new Uint8Array(0), { hasIdleCore: true }).id).toBe(hashObject(new Uint8Array(0)));

  const sink = { storeWhole: () => undefined, storeList: () => undefined };
  const file = beginLargeFile(sink, { known: [], hasIdleCore: true });
  file.update(BEFORE);
  file.abandon();
});
