import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { hashObject } from "./id-key.ts";
import {
  listFiles,
  makeScratchStore,
  noise,
  prose,
  putAll,
  reopen,
  type ScratchStore,
} from "./scratch-store.suite.ts";
import { verifyPack } from "./verify-pack.ts";

/** Objects in the group. */
const GROUP = 3;

/** A store with one pack: one object by itself, three in a group behind it. */
function makeSmallStore(): ScratchStore & { ids: ObjectId[]; pack: string; index: string } {
  const box = makeScratchStore();
  const ids = putAll(box, [noise(0), noise(30), prose(300), noise(1024, 4)]);
  const [[pack = ""], [index = ""]] = [listFiles(box, ".pack"), listFiles(box, ".idx")];
  for (const path of [pack, index]) chmodSync(path, 0o644);
  return { ...box, ids, pack, index };
}

/** Reads all of them; returns the codes of those that failed. Wrong bytes and bugs fail the test. */
function readAll(box: ScratchStore, ids: readonly ObjectId[]): string[] {
  const codes: string[] = [];
  const store = reopen(box);
  for (const id of ids) {
    try {
      expect(hashObject(store.read(id))).toBe(id);
    } catch (error) {
      if (!(error instanceof JvsError)) throw error;
      codes.push(error.code);
    }
  }
  store.close();
  return codes;
}

function flipped(bytes: Uint8Array, at: number, bits = 0xff): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

test("every flipped byte of a pack shows in verify, and spoils one record at most", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.pack);
  for (let at = 0; at < bytes.length; at++) {
    for (const bits of [0xff, 1 << (at % 8)]) {
      writeFileSync(box.pack, flipped(bytes, at, bits));

      expect(verifyPack(box.pack).ok).toBe(false);
      expect([0, 1, GROUP]).toContain(readAll(box, box.ids).length);
    }
  }
});

test("every flipped byte of a pack without its index spoils one record at most", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.pack);
  for (let at = 0; at < bytes.length; at++) {
    rmSync(box.index, { force: true });
    writeFileSync(box.pack, flipped(bytes, at));

    expect([0, 1, GROUP]).toContain(readAll(box, box.ids).length);
  }
});

test("no flipped byte of an index does any harm", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.index);
  for (let at = 0; at < bytes.length; at++) {
    rmSync(box.index);
    writeFileSync(box.index, flipped(bytes, at));

    expect(readAll(box, box.ids)).toEqual([]);
  }
});

test("a pack cut short gives what is left of it", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.pack);
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(box.pack, bytes.subarray(0, length));

    expect(verifyPack(box.pack).ok).toBe(false);
    const codes = readAll(box, box.ids);
    rmSync(box.index, { force: true });
    // A group comes back through its index alone while its stored bytes are there.
    expect(readAll(box, box.ids).length).toBeLessThanOrEqual(codes.length + GROUP);
    writeFileSync(box.pack, bytes);
    readAll(box, box.ids);
  }
});

test("an index cut short, missing or another pack's is made anew, also on disk", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.index);
  const other = makeScratchStore();
  putAll(other, [noise(77)]);
  const foreign = readFileSync(listFiles(other, ".idx")[0] ?? "");
  other[Symbol.dispose]();

  for (const wrong of [bytes.subarray(0, 50), bytes.subarray(0, 3), foreign, undefined]) {
    rmSync(box.index);
    if (wrong !== undefined) writeFileSync(box.index, wrong);
    expect(readAll(box, box.ids)).toEqual([]);
    expect(readFileSync(box.index)).toEqual(bytes);
  }
});

test("an index in a folder that cannot be written is made anew in memory", () => {
  using box = makeSmallStore();
  rmSync(box.index);
  chmodSync(box.packs, 0o555);

  expect(readAll(box, box.ids)).toEqual([]);
  chmodSync(box.packs, 0o755);
});

test("a large index is read in parts, and its damage found there", () => {
  using box = makeScratchStore();
  const ids = putAll(
    box,
    Array.from({ length: 5000 }, (_, seed) => noise(9, seed + 1)),
  );
  const [index = ""] = listFiles(box, ".idx");
  chmodSync(index, 0o644);
  const bytes = readFileSync(index);
  expect(bytes.length).toBeGreaterThan(256 * 1024);
  writeFileSync(index, flipped(bytes, bytes.length - 1000));

  expect(readAll(box, ids)).toEqual([]);
  expect(readFileSync(index)).toEqual(bytes);
});

test("the error names the object and the file, and says what to do", () => {
  using box = makeSmallStore();
  const id = box.ids[3] ?? "";
  const bytes = readFileSync(box.pack);
  writeFileSync(box.pack, flipped(bytes, 8 + 56 + 5));

  expect(() => reopen(box).read(id as ObjectId)).toThrow(
    expect.objectContaining({
      code: "E_OBJECT_DAMAGED",
      message: `Cannot read object "${id}": its bytes are damaged in "${box.pack}"`,
      hint: expect.stringContaining("jvs verify --all"),
      details: { object: id, file: box.pack },
    }),
  );
});

test("another copy of a damaged object serves", () => {
  using box = makeSmallStore();
  const writer = reopen({ ...box, objects: `${box.objects}2` }).openWriter(box.draft);
  const id = writer.put(prose(300));
  writer.end();
  const bytes = readFileSync(box.pack);
  writeFileSync(box.pack, flipped(bytes, bytes.length - 24 - 1));
  expect(readAll(box, [id])).toEqual(["E_OBJECT_DAMAGED"]);
  writer.install();
  for (const path of listFiles({ ...box, packs: `${box.objects}2/packs` }, "")) {
    writeFileSync(path.replace(`${box.objects}2`, box.objects), readFileSync(path));
  }

  expect(readAll(box, [id])).toEqual([]);
});

test("a large file with a damaged or missing chunk is an error before its last piece", () => {
  using box = makeScratchStore();
  const [id = ""] = putAll(box, [noise(6 << 20)]);
  const [pack = ""] = listFiles(box, ".pack");
  chmodSync(pack, 0o644);
  const bytes = readFileSync(pack);
  writeFileSync(pack, flipped(bytes, bytes.length >> 1));
  const store = reopen(box);

  expect(() => store.read(id as ObjectId)).toThrow(JvsError);
  expect(() => [...store.readPieces(id as ObjectId)]).toThrow(JvsError);
});

test("verify says where the damage is, and goes on behind it", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.pack);
  writeFileSync(box.pack, flipped(flipped(bytes, 8 + 3), bytes.length - 25));
  const [empty, short, text] = box.ids;

  const { ok, problems } = verifyPack(box.pack);
  expect(ok).toBe(false);
  expect(problems.map(({ id, why }) => [id, why])).toEqual([
    [undefined, "the header of a record is damaged"],
    [empty, "the stored bytes are damaged"],
    [short, "the stored bytes are damaged"],
    [text, "the stored bytes are damaged"],
    [undefined, "the trailer does not fit the records"],
  ]);
  expect(problems[0]?.offset).toBe(8);
});

test("verify notices a pack under another pack's name, and bytes behind the end", () => {
  using box = makeSmallStore();
  const bytes = readFileSync(box.pack);
  const renamed = box.pack.replace(/[^/]*$/, "0123456789abcdef-01234567.pack");
  writeFileSync(renamed, bytes);
  writeFileSync(box.pack, Buffer.concat([bytes, noise(10)]));

  expect(verifyPack(renamed).problems).toHaveLength(1);
  expect(verifyPack(box.pack).ok).toBe(false);
});
