import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { DraftPacks } from "./draft-packs.ts";
import { IdFilter } from "./id-filter.ts";
import { hashObject, IdKey } from "./id-key.ts";
import { PackSet } from "./pack-set.ts";
import { keepRaw } from "./payload.ts";
import { listFiles, makeScratchStore, reopen } from "./scratch-store.suite.ts";
import { verifyPack } from "./verify-pack.ts";

const PACK_OBJECTS = 64;

function contentOf(number: number): Buffer {
  return Buffer.from(`content ${number}`);
}

function keyOf(number: number): IdKey {
  const key = new IdKey();
  key.set(hashObject(contentOf(number)));
  return key;
}

/** Adds what is not there yet, as a writer does. */
function addAll(drafts: DraftPacks, numbers: Iterable<number>): void {
  for (const number of numbers) {
    if (drafts.isFull) drafts.next();
    const key = keyOf(number);
    if (!drafts.has(key)) drafts.add(key, keepRaw(contentOf(number)));
  }
}

function* upTo(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number;
}

test("many objects go into several packs, and none of them twice", () => {
  using box = makeScratchStore();
  const drafts = new DraftPacks(box.draft, PACK_OBJECTS);
  addAll(drafts, upTo(300));
  addAll(drafts, upTo(300));
  expect(drafts.objectCount).toBe(300);
  expect(drafts.end()).toHaveLength(5);
  const packs = new PackSet(box.packs);
  drafts.install(packs);
  expect(drafts.storedBytes).toBe(box.store.storedBytes());

  const files = listFiles(box, ".pack");
  expect(files).toHaveLength(5);
  for (const file of files) expect(verifyPack(file)).toEqual({ ok: true, problems: [] });
  const store = reopen(box);
  for (const number of upTo(300))
    expect(store.read(hashObject(contentOf(number)))).toEqual(new Uint8Array(contentOf(number)));
  packs.close();
  store.close();
});

test("discarded, nothing is left of any pack", () => {
  using box = makeScratchStore();
  const drafts = new DraftPacks(box.draft, PACK_OBJECTS);
  addAll(drafts, upTo(200));
  expect(readdirSync(box.draft).length).toBeGreaterThan(3);
  drafts.discard();
  drafts.discard();
  expect(readdirSync(box.draft)).toEqual([]);
});

test("a writer begins another pack where small contents wait to share a frame", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const count = (1 << 17) + 1000;
  const ids = [...upTo(count)].map((number) => writer.put(contentOf(number)));
  for (const number of [0, 1000, count - 1]) writer.put(contentOf(number));
  expect(writer.objectCount).toBe(count);
  writer.end();
  writer.install();
  expect(listFiles(box, ".pack")).toHaveLength(2);
  const store = reopen(box);
  for (const number of [0, (1 << 17) - 1, 1 << 17, count - 1]) {
    const id = ids[number] ?? hashObject(new Uint8Array());
    expect(store.read(id)).toEqual(new Uint8Array(contentOf(number)));
  }
  store.close();
});

test("a filter knows all that it was given, and takes few others for them", () => {
  const filter = new IdFilter(1024);
  for (const number of upTo(1024)) filter.add(keyOf(number));
  expect([...upTo(1024)].every((number) => filter.mayHave(keyOf(number)))).toBe(true);
  const mistaken = [...upTo(20_000)].filter((number) => filter.mayHave(keyOf(number + 1024)));
  expect(mistaken.length).toBeLessThan(20);
});
