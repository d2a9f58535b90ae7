import { fsyncSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { hashObject } from "./id-key.ts";
import { listFiles, makeScratchStore, noise, prose, putAll } from "./scratch-store.suite.ts";
import { verifyPack } from "./verify-pack.ts";

const MIB = 1 << 20;

test("nothing put, nothing written", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);

  expect(writer.end()).toEqual([]);
  writer.install();
  writer.discard();
  expect(readdirSync(box.draft)).toEqual([]);
  expect(writer.storedBytes).toBe(0);
});

test("nothing shows before install", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const id = writer.put(prose(1000));
  const [pack = -1] = writer.end();
  fsyncSync(pack);

  expect(box.store.has(id)).toBe(false);
  writer.install();
  expect(box.store.has(id)).toBe(true);
  expect(readdirSync(box.draft)).toEqual([]);
  expect(verifyPack(listFiles(box, ".pack")[0] ?? "")).toEqual({ ok: true, problems: [] });
});

test("counts what it stored, to the byte", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  for (let seed = 0; seed < 300; seed++) writer.put(noise(1000, seed));
  writer.end();
  writer.install();

  expect(writer.objectCount).toBe(300);
  expect(writer.storedBytes).toBe(box.store.storedBytes());
});

test("takes its own copy: the caller may reuse the memory at once", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const buffer = noise(4096);
  const first = writer.put(buffer);
  buffer.fill(1);
  const second = writer.put(buffer);
  const file = writer.beginFile();
  const piece = noise(MIB);
  for (let round = 0; round < 3; round++) {
    file.update(piece);
    piece.fill(round);
  }
  const third = file.finish();
  writer.end();
  writer.install();

  for (const id of [first, second, third]) expect(hashObject(box.store.read(id))).toBe(id);
});

test("files and small content may be put in turns, files too", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const [one, two] = [writer.beginFile(), writer.beginFile()];
  const ids: ObjectId[] = [];
  for (let round = 0; round < 5; round++) {
    one.update(noise(MIB, round));
    ids.push(writer.put(noise(500, round)));
    two.update(noise(MIB, 100 + round));
  }
  ids.push(one.finish(), two.finish());
  writer.end();
  writer.install();

  for (const id of ids) expect(hashObject(box.store.read(id))).toBe(id);
});

test("putAs trusts the name it is given, so that a lie is found on reading", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  writer.putAs(hashObject(noise(5)), noise(6));
  writer.end();
  writer.install();

  expect(() => box.store.read(hashObject(noise(5)))).toThrow(
    expect.objectContaining({ code: "E_OBJECT_DAMAGED" }),
  );
});

test("discard removes what was written, at any time, twice", () => {
  using box = makeScratchStore();
  for (const finish of [false, true]) {
    const writer = box.store.openWriter(box.draft);
    writer.put(noise(2 * MIB));
    if (finish) writer.end();
    writer.discard();
    writer.discard();
  }

  expect(readdirSync(box.draft)).toEqual([]);
  expect(box.store.storedBytes()).toBe(0);
});

test("discard after install takes nothing away", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const id = writer.put(noise(2000));
  writer.end();
  writer.install();
  writer.discard();

  expect(box.store.read(id).length).toBe(2000);
});

test("two writers in one draft folder keep apart", () => {
  using box = makeScratchStore();
  const writers = [box.store.openWriter(box.draft), box.store.openWriter(box.draft)];
  const ids = writers.map((writer) => writer.put(prose(500)));
  for (const writer of writers) writer.end();
  for (const writer of writers) writer.install();

  expect(listFiles(box, ".pack").length).toBe(2);
  expect(box.store.read(ids[0] as ObjectId).length).toBe(500);
});

test("a full disk is an error with code and path, and leaves the store as it was", async () => {
  using box = makeScratchStore();
  putAll(box, [noise(50)]);
  const script = `
    const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, "object-store.ts"))});
    const { randomBytes } = await import("node:crypto");
    const writer = openStore(${JSON.stringify(box.objects)}).openWriter(${JSON.stringify(box.draft)});
    const codes = [];
    const attempt = (action) => { try { action(); } catch ({ code, path }) { codes.push(code + (path ? " with path" : "")); } };
    for (let round = 0; round < 5; round++) attempt(() => writer.put(randomBytes(300_000)));
    attempt(() => writer.end());
    writer.discard();
    console.log(JSON.stringify(codes));
  `;
  // The limit on a file's size, with its signal ignored, stands for the full disk.
  const shell = `trap '' XFSZ; ulimit -f 128; exec "$0" -e "$1"`;
  const run = Bun.spawn(["bash", "-c", shell, process.execPath, script], { stdout: "pipe" });

  const codes = JSON.parse(await new Response(run.stdout).text());
  expect(codes).toEqual(["EFBIG with path", "EFBIG with path", "EFBIG with path"]);
  expect(readdirSync(box.draft)).toEqual([]);
  expect(listFiles(box, ".pack").length).toBe(1);
});

test("a draft folder that is not there is the system's error", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(join(box.draft, "gone"));

  writer.put(noise(10));
  expect(() => writer.end()).toThrow(expect.objectContaining({ code: "ENOENT" }));
  expect(() => writer.put(noise(2000))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  writer.discard();
});

test("an install that fails leaves the store as it was", () => {
  using box = makeScratchStore();
  const writer = box.store.openWriter(box.draft);
  const id = writer.put(noise(10));
  writer.end();
  mkdirSync(box.objects);
  Bun.spawnSync(["touch", box.packs]);

  expect(() => writer.install()).toThrow();
  writer.discard();
  expect(readdirSync(box.draft)).toEqual([]);
  Bun.spawnSync(["rm", box.packs]);
  expect(box.store.has(id)).toBe(false);
});
