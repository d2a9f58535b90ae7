import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { hashObject } from "./id-key.ts";
import {
  listFiles,
  makeScratchStore,
  noise,
  prose,
  putAll,
  reopen,
} from "./scratch-store.suite.ts";

const MIB = 1 << 20;
const NOWHERE = "0".repeat(64) as ObjectId;

function concat(pieces: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...pieces]);
}

test("an empty store has nothing, and no files come of asking", () => {
  using box = makeScratchStore();

  expect(box.store.has(NOWHERE)).toBe(false);
  expect(box.store.sizeOf(NOWHERE)).toBeUndefined();
  expect(() => box.store.read(NOWHERE)).toThrow(
    expect.objectContaining({ code: "E_OBJECT_MISSING" }),
  );
  expect([...box.store.list()]).toEqual([]);
  expect(box.store.storedBytes()).toBe(0);
});

test("what is no object id is nowhere", () => {
  using box = makeScratchStore();

  for (const id of ["", "zz", "../../etc/passwd", "z".repeat(64), "a".repeat(63)])
    expect(box.store.has(id as ObjectId)).toBe(false);
});

test("gives back what was put, in this and the next process", () => {
  using box = makeScratchStore();
  const contents = [new Uint8Array(0), noise(1), noise(4096), prose(5000), noise(MIB), prose(MIB)];
  const ids = putAll(box, contents);

  for (const store of [box.store, reopen(box)]) {
    for (const [at, id] of ids.entries()) {
      const bytes = contents[at] ?? noise(0);
      expect(id).toBe(hashObject(bytes));
      expect(store.has(id)).toBe(true);
      expect(store.sizeOf(id)).toBe(bytes.length);
      expect(Buffer.compare(store.read(id), bytes)).toBe(0);
      expect(Buffer.compare(concat(store.readPieces(id)), bytes)).toBe(0);
    }
  }
});

test("gives back any contents", () => {
  using box = makeScratchStore();
  const content = fc.uint8Array({ maxLength: 3000, size: "max" });

  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 20 }), (contents) => {
      const ids = putAll(box, contents);
      for (const [at, id] of ids.entries())
        expect(Buffer.compare(box.store.read(id), contents[at] ?? noise(0))).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test("stores equal content once", () => {
  using box = makeScratchStore();
  putAll(box, [prose(3000)]);
  const before = box.store.storedBytes();
  const writer = box.store.openWriter(box.draft);
  writer.put(prose(3000));

  expect(writer.objectCount).toBe(0);
  expect(writer.end()).toEqual([]);
  writer.install();
  expect(box.store.storedBytes()).toBe(before);
});

test("finds objects among many packs, and many in one", () => {
  using box = makeScratchStore();
  const ids = [
    putAll(
      box,
      Array.from({ length: 6000 }, (_, seed) => noise(20, seed + 1000)),
    ),
  ];
  for (let pack = 0; pack < 20; pack++) ids.push(putAll(box, [noise(100, pack), noise(101, pack)]));
  const store = reopen(box);

  expect(ids.flat().every((id) => store.has(id))).toBe(true);
  expect(store.has(NOWHERE)).toBe(false);
  expect(ids.flat().every((id) => hashObject(store.read(id)) === id)).toBe(true);
  expect([...store.list()].length).toBe(6040);
});

test("small content that shrinks shares frames, and is read in any order", () => {
  using box = makeScratchStore();
  const contents = Array.from({ length: 6000 }, (_, seed) => prose(4096, seed));
  const ids = putAll(box, contents);
  expect(box.store.storedBytes()).toBeLessThan(6000 * 200);

  const store = reopen(box);
  for (let at = 0; at < ids.length; at++) {
    const id = ids[(at * 3547) % ids.length] as ObjectId;
    expect(hashObject(store.read(id))).toBe(id);
  }
});

test("what is read is the reader's own", () => {
  using box = makeScratchStore();
  const [id, other] = putAll(box, [prose(100, 1), prose(100, 2)]) as [ObjectId, ObjectId];
  for (const bytes of [box.store.read(id), ...box.store.readPieces(id)]) bytes.fill(0);

  expect(hashObject(box.store.read(id))).toBe(id);
  expect(hashObject(box.store.read(other))).toBe(other);
});

test("lists what it has", () => {
  using box = makeScratchStore();
  const [raw, one, two] = putAll(box, [noise(5000), prose(3000, 1), prose(3000, 2)]);
  const pack = listFiles(box, ".pack")[0];
  const listed = new Map([...reopen(box).list()].map((object) => [object.id, object]));

  expect(listed.size).toBe(3);
  expect(listed.get(raw as ObjectId)).toEqual({
    id: raw,
    rawSize: 5000,
    storedSize: 5056,
    file: pack,
  });
  expect(listed.get(one as ObjectId)?.rawSize).toBe(3000);
  expect(listed.get(one as ObjectId)?.storedSize).toBe(listed.get(two as ObjectId)?.storedSize);
  expect(listed.get(one as ObjectId)?.storedSize).toBeLessThan(500);
});

test("a large file comes back, in pieces and whole, and is stored once", () => {
  using box = makeScratchStore();
  const bytes = noise(9 * MIB + 5);
  const writer = box.store.openWriter(box.draft);
  const file = writer.beginFile();
  for (let at = 0; at < bytes.length; at += 700_000) file.update(bytes.subarray(at, at + 700_000));
  const id = file.finish();
  expect(writer.put(bytes)).toBe(id);
  expect(writer.storedBytes).toBeLessThan(bytes.length + 2000);
  writer.end();
  writer.install();

  const store = reopen(box);
  expect(id).toBe(hashObject(bytes));
  expect(store.sizeOf(id)).toBe(bytes.length);
  expect(Buffer.compare(store.read(id), bytes)).toBe(0);
  expect(Buffer.compare(concat(store.readPieces(id)), bytes)).toBe(0);
});

test("a large file with one byte changed costs about a chunk", () => {
  using box = makeScratchStore();
  const bytes = noise(24 * MIB);
  putAll(box, [bytes]);
  bytes[12 * MIB] = (bytes[12 * MIB] ?? 0) ^ 255;
  const writer = box.store.openWriter(box.draft);
  writer.put(bytes);

  expect(writer.storedBytes).toBeLessThan(5 * MIB);
  writer.discard();
});

test("a file that comes in pieces and turns out small is a plain object", () => {
  using box = makeScratchStore();
  const bytes = prose(MIB);
  const writer = box.store.openWriter(box.draft);
  const file = writer.beginFile();
  file.update(bytes.subarray(0, 600_000));
  file.update(bytes.subarray(600_000));

  expect(file.finish()).toBe(hashObject(bytes));
  expect(writer.objectCount).toBe(1);
  expect(writer.put(bytes)).toBe(hashObject(bytes));
  expect(writer.objectCount).toBe(1);
  writer.discard();
});

test("an empty file that comes in pieces is the empty object", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);

  expect(writer.beginFile().finish()).toBe(hashObject(new Uint8Array(0)));
  writer.discard();
});

test("an abandoned file leaves no object of its own", () => {
  using box = makeScratchStore();
  const bytes = noise(3 * MIB);
  const writer = box.store.openWriter(box.draft);
  const file = writer.beginFile();
  file.update(bytes);
  file.abandon();
  const small = writer.put(noise(10));
  writer.end();
  writer.install();

  expect(box.store.has(hashObject(bytes))).toBe(false);
  expect(box.store.has(small)).toBe(true);
});

test("whole files beside the packs are read and checked too", () => {
  using box = makeScratchStore();
  const bytes = noise(3 * MIB + 7);
  const id = hashObject(bytes);
  const path = join(box.objects, "files", id.slice(0, 2), id);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);

  expect(box.store.has(id)).toBe(true);
  expect(box.store.sizeOf(id)).toBe(bytes.length);
  expect(Buffer.compare(box.store.read(id), bytes)).toBe(0);
  expect(Buffer.compare(concat(box.store.readPieces(id)), bytes)).toBe(0);

  writeFileSync(path, bytes.fill(0, 0, 1));
  for (const read of [() => box.store.read(id), () => [...box.store.readPieces(id)]])
    expect(read).toThrow(expect.objectContaining({ code: "E_OBJECT_DAMAGED" }));
});

test("sees what another process added once it is told to look, or when it misses something", () => {
  using box = makeScratchStore();
  expect(box.store.has(NOWHERE)).toBe(false);
  const other = { ...box, store: reopen(box) };
  const [first, second] = [putAll(other, [noise(100, 5)]), putAll(other, [noise(100, 6)])].flat();

  expect(box.store.has(first as ObjectId)).toBe(false);
  expect(box.store.read(first as ObjectId).length).toBe(100);
  box.store.refresh();
  expect(box.store.has(second as ObjectId)).toBe(true);
});

test("reads an object on after its pack was replaced by another process", () => {
  using box = makeScratchStore();
  const ids = [putAll(box, [noise(100, 1)]), putAll(box, [noise(100, 2)])].flat();
  const store = reopen(box);
  expect(ids.every((id) => store.has(id))).toBe(true);
  expect(box.store.consolidate({ packs: 1 })).toEqual({ merged: 2 });

  expect(ids.map((id) => hashObject(store.read(id)))).toEqual(ids);
});

test("closes its files and opens them again", () => {
  using box = makeScratchStore();
  const ids = putAll(box, [noise(100)]);
  box.store.read(ids[0] as ObjectId);
  box.store.close();
  box.store.close();

  expect(box.store.read(ids[0] as ObjectId).length).toBe(100);
});

test("a pack under another name serves all the same", () => {
  using box = makeScratchStore();
  const [id] = putAll(box, [noise(100)]);
  const [path = ""] = listFiles(box, ".pack");
  renameSync(path, join(box.packs, "renamed.pack"));

  expect(reopen(box).read(id as ObjectId).length).toBe(100);
});
