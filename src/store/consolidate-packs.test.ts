import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { hashObject } from "./id-key.ts";
import type { ObjectStore } from "./object-store.ts";
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

const MIB = 1 << 20;

function fill(box: ScratchStore, packs: number): ObjectId[] {
  const ids: ObjectId[] = [];
  for (let pack = 0; pack < packs; pack++)
    ids.push(...putAll(box, [prose(2000, pack), noise(1000, pack), noise(0)]));
  return ids;
}

function isWhole(store: ObjectStore, ids: readonly ObjectId[]): boolean {
  return ids.every((id) => hashObject(store.read(id)) === id);
}

test("leaves up to 16 small packs alone", () => {
  using box = makeScratchStore();
  fill(box, 16);

  expect(box.store.needsConsolidation()).toBe(false);
  expect(box.store.consolidate()).toEqual({ merged: 0 });
  expect(listFiles(box, ".pack").length).toBe(16);
});

test("makes one pack of more", () => {
  using box = makeScratchStore();
  const ids = fill(box, 17);
  const objects = new Set(ids).size;
  expect(box.store.needsConsolidation()).toBe(true);

  expect(box.store.consolidate()).toEqual({ merged: 17 });
  expect(readdirSync(box.packs).length).toBe(2);
  expect(verifyPack(listFiles(box, ".pack")[0] ?? "").ok).toBe(true);
  for (const store of [box.store, reopen(box)]) expect(isWhole(store, ids)).toBe(true);
  expect([...box.store.list()].length).toBe(objects);
  expect(box.store.needsConsolidation()).toBe(false);
});

test("a pack that is larger than all smaller ones together stays, until they are as large", () => {
  using box = makeScratchStore();
  const ids = [
    noise(20_000),
    noise(3000, 1),
    noise(3000, 2),
    noise(3000, 3),
    noise(3000, 4),
  ].flatMap((bytes) => putAll(box, [bytes]));
  expect(box.store.consolidate({ packs: 4 })).toEqual({ merged: 4 });
  ids.push(...[5, 6, 7].flatMap((seed) => putAll(box, [noise(3000, seed)])));
  expect(box.store.consolidate({ packs: 4 })).toEqual({ merged: 5 });
  expect(listFiles(box, ".pack").length).toBe(1);
  expect(isWhole(reopen(box), ids)).toBe(true);
});

test("leaves large packs where they are", () => {
  using box = makeScratchStore();
  const large = putAll(box, [noise(2 * MIB)]);
  const [kept = ""] = listFiles(box, ".pack");
  const ids = fill(box, 3);

  expect(box.store.consolidate({ packs: 2, smallBytes: MIB })).toEqual({ merged: 3 });
  expect(listFiles(box, ".pack")).toContain(kept);
  expect(isWhole(reopen(box), [...large, ...ids])).toBe(true);
});

test("chunk lists survive", () => {
  using box = makeScratchStore();
  const ids = [noise(5 * MIB, 1), noise(5 * MIB, 2)].flatMap((bytes) => putAll(box, [bytes]));

  expect(box.store.consolidate({ packs: 1 })).toEqual({ merged: 2 });
  expect(isWhole(reopen(box), ids)).toBe(true);
});

test("takes from a group what other packs lack", () => {
  using box = makeScratchStore();
  const writers = [box.store.openWriter(box.draft), box.store.openWriter(box.draft)];
  const ids = writers.flatMap((writer, at) =>
    [prose(900, at), prose(900, at + 1)].map((bytes) => writer.put(bytes)),
  );
  for (const writer of writers) writer.end();
  for (const writer of writers) writer.install();

  expect(box.store.consolidate({ packs: 1 })).toEqual({ merged: 2 });
  const [pack = ""] = listFiles(box, ".pack");
  expect(verifyPack(pack)).toEqual({ ok: true, problems: [] });
  expect([...reopen(box).list()].length).toBe(3);
  expect(isWhole(reopen(box), ids)).toBe(true);
  rmSync(pack.replace(/pack$/, "idx"));
  expect(isWhole(reopen(box), ids)).toBe(true);
});

test("leaves a damaged pack alone", () => {
  using box = makeScratchStore();
  const ids = fill(box, 4);
  const [damaged = ""] = listFiles(box, ".pack");
  const bytes = readFileSync(damaged);
  bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
  chmodSync(damaged, 0o644);
  writeFileSync(damaged, bytes);

  expect(box.store.consolidate({ packs: 2 })).toEqual({ merged: 3 });
  expect(readFileSync(damaged)).toEqual(bytes);
  const broken = ids.filter((id) => {
    try {
      return hashObject(reopen(box).read(id)) !== id;
    } catch {
      return true;
    }
  });
  // Its one group: two objects, and in the first pack the empty one.
  expect([2, 3]).toContain(new Set(broken).size);
});

test("a crash after the new pack came loses nothing, and the next run cleans up", () => {
  using box = makeScratchStore();
  const ids = fill(box, 5);
  const before = readdirSync(box.packs).sort();
  for (const name of before) copyFileSync(join(box.packs, name), join(box.draft, name));
  box.store.consolidate({ packs: 4 });
  // As if it had died amid its deletions: some packs are back, one without its index, one index alone.
  const orphan = `${before[0]?.split(".")[0]}.idx`;
  for (const name of before.slice(2)) copyFileSync(join(box.draft, name), join(box.packs, name));
  copyFileSync(join(box.draft, orphan), join(box.packs, orphan));
  writeFileSync(join(box.packs, "0badcafe.pack.draft"), "half");

  const store = reopen(box);
  expect(isWhole(store, ids)).toBe(true);
  expect(store.consolidate({ packs: 4 })).toEqual({ merged: 4 });
  expect(readdirSync(box.packs).length).toBe(4);
  expect(isWhole(reopen(box), ids)).toBe(true);
});

test.each(["packs-merging", "packs-merged"])("killed at %s it loses nothing", async (point) => {
  using box = makeScratchStore();
  const ids = fill(box, 5);
  const script = `
    const { armFailPoint } = await import(${JSON.stringify(join(import.meta.dirname, "../model/fail-point.ts"))});
    const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, "object-store.ts"))});
    armFailPoint(${JSON.stringify(point)});
    openStore(${JSON.stringify(box.objects)}).consolidate({ packs: 4 });
  `;
  const run = Bun.spawn([process.execPath, "--define", "JVS_FAIL_POINTS=true", "-e", script], {
    cwd: box.draft,
    stderr: "inherit",
  });
  await run.exited;
  expect(run.signalCode).toBe("SIGKILL");

  expect(isWhole(reopen(box), ids)).toBe(true);
  expect(reopen(box).consolidate({ packs: 4 }).merged).toBeGreaterThan(4);
  expect(readdirSync(box.packs).length).toBe(2);
  expect(isWhole(reopen(box), ids)).toBe(true);
});
