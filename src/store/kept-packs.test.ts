import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { keepPacks, restPacks } from "./kept-packs.ts";
import { listFiles, makeScratchStore, prose, putAll, reopen } from "./scratch-store.suite.ts";

keepPacks();

/** Opened by this process, below the folder. */
function openBelow(folder: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // That of the listing itself.
    }
  });
}

test("the next command knows what is in a pack without looking, and nothing stays open", () => {
  using box = makeScratchStore();
  const [id] = putAll(box, [prose(5000)]);
  expect(reopen(box).has(id as ObjectId)).toBe(true);
  expect(reopen(box).read(id as ObjectId).length).toBe(5000);
  restPacks();
  expect(openBelow(box.objects)).toEqual([]);
  for (const path of listFiles(box, ".idx")) {
    chmodSync(path, 0o600);
    writeFileSync(path, "nobody looks into it");
  }
  expect(reopen(box).has(id as ObjectId)).toBe(true);
  expect(reopen(box).read(id as ObjectId).length).toBe(5000);
  // One that is gone is missed, and made anew.
  for (const path of listFiles(box, ".idx")) rmSync(path);
  restPacks();
  expect(reopen(box).has(id as ObjectId)).toBe(true);
  expect(listFiles(box, ".idx").length).toBe(1);
});

test("packs that came and went meanwhile are seen", () => {
  using box = makeScratchStore();
  using other = makeScratchStore();
  const [first] = putAll(box, [prose(5000)]);
  expect(reopen(box).has(first as ObjectId)).toBe(true);
  restPacks();
  const [second] = putAll({ ...other, store: reopen(box) }, [prose(6000)]);
  restPacks();
  for (const path of listFiles(box, ".pack").slice(0, 1)) rmSync(path);
  const left = reopen(box);
  expect([left.has(first as ObjectId), left.has(second as ObjectId)].sort()).toEqual([false, true]);
});

test("what is known of a damaged pack is not kept", () => {
  using box = makeScratchStore();
  using other = makeScratchStore();
  const [id] = putAll(other, [prose(5000)]);
  cpSync(other.objects, box.objects, { recursive: true });
  const [pack = ""] = listFiles(box, ".pack");
  const [index = ""] = listFiles(box, ".idx");
  const [packBytes, indexBytes] = [readFileSync(pack), readFileSync(index)];
  rmSync(index);
  chmodSync(pack, 0o600);
  truncateSync(pack, 100);
  expect(reopen(box).has(id as ObjectId)).toBe(false);
  restPacks();
  writeFileSync(pack, packBytes);
  writeFileSync(index, indexBytes);
  expect(reopen(box).has(id as ObjectId)).toBe(true);
});
