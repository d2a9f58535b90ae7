import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import { auditObjects, type ObjectAudit } from "./audit-objects.ts";
import { IdKey } from "./id-key.ts";
import { IdSet } from "./id-set.ts";
import {
  listFiles,
  makeScratchStore,
  noise,
  prose,
  putAll,
  type ScratchStore,
} from "./scratch-store.suite.ts";

const MIB = 1 << 20;

function setOf(ids: readonly ObjectId[]): IdSet {
  const set = new IdSet();
  const key = new IdKey();
  for (const id of ids) if (key.set(id)) set.add(key);
  return set;
}

function audit(
  box: ScratchStore,
  ids: readonly ObjectId[],
  everything = false,
): Promise<ObjectAudit> {
  return auditObjects(box.objects, { wanted: setOf(ids), everything, progress: SILENT });
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** The ids of what can no longer be read. */
function lost({ damages }: ObjectAudit): ObjectId[] {
  return damages.filter(({ readable }) => !readable).map(({ id }) => id);
}

test("each object is hashed once, chunks among them", async () => {
  using box = makeScratchStore();
  const large = noise(6 * MIB);
  const ids = putAll(box, [prose(300), prose(400, 2), noise(5000), large, large]);

  const { damages, objects, bytes } = await audit(box, ids);

  expect(damages).toEqual([]);
  expect(objects).toBe([...box.store.list()].length);
  expect(bytes).toBeGreaterThan(6 * MIB);
});

test("every flipped byte of a record is found, and named by its object", async () => {
  using box = makeScratchStore();
  const ids = putAll(box, [noise(30), prose(300), noise(600, 4)]);
  const [pack = ""] = listFiles(box, ".pack");
  const whole = readFileSync(pack);
  const TRAILER = 24;
  for (let at = 8; at < whole.length - TRAILER; at++) {
    flip(pack, at);
    const { damages } = await audit(box, ids);
    writeFileSync(pack, whole);

    expect(damages.length, `byte ${at}`).toBeGreaterThan(0);
    for (const { id, file } of damages) {
      expect(ids).toContain(id);
      expect(file).toBe(pack);
    }
  }
});

test("a damaged chunk damages the large file, and only that", async () => {
  using box = makeScratchStore();
  const [small, large] = putAll(box, [noise(3000), noise(6 * MIB, 7)]) as [ObjectId, ObjectId];
  flip(listFiles(box, ".pack")[0] ?? "", 3 * MIB);

  const found = await audit(box, [small, large]);

  expect(lost(found)).toHaveLength(2);
  expect(lost(found)).toContain(large);
  expect(lost(found)).not.toContain(small);
});

test("what another pack still holds can be read", async () => {
  using box = makeScratchStore();
  const [id] = putAll(box, [noise(3000)]) as [ObjectId];
  const [pack = ""] = listFiles(box, ".pack");
  const [index = ""] = listFiles(box, ".idx");
  const [packCopy, indexCopy] = [pack, index].map((path) => path.replace(/-\w{8}\./, "-00000000."));
  writeFileSync(packCopy ?? "", readFileSync(pack));
  writeFileSync(indexCopy ?? "", readFileSync(index));
  flip(pack, 200);

  expect(await audit(box, [id])).toMatchObject({ damages: [{ id, readable: true, file: pack }] });
});

test("what is nowhere is missing; what nobody wants is read on request alone", async () => {
  using box = makeScratchStore();
  putAll(box, [noise(3000)]);
  const [pack = ""] = listFiles(box, ".pack");
  const absent = "ab".repeat(32) as ObjectId;

  expect(lost(await audit(box, [absent]))).toEqual([absent]);
  flip(pack, 200);
  expect((await audit(box, [])).damages).toEqual([]);
  expect((await audit(box, [], true)).damages).toHaveLength(1);
});

test("a cut pack is damage, not a failure", async () => {
  using box = makeScratchStore();
  const ids = putAll(box, [noise(3000), noise(4000, 2)]);
  const [pack = ""] = listFiles(box, ".pack");
  const half = readFileSync(pack).subarray(0, 2000);
  rmSync(pack);
  writeFileSync(pack, half);

  expect(new Set(lost(await audit(box, ids)))).toEqual(new Set(ids));
});

test("several threads find what one would", async () => {
  using box = makeScratchStore();
  const ids = putAll(
    box,
    Array.from({ length: 48 }, (_, seed) => noise(MIB, seed + 1)),
  );
  const [pack = ""] = listFiles(box, ".pack");
  for (const at of [2, 20, 40]) flip(pack, at * MIB);

  expect(lost(await audit(box, ids))).toHaveLength(3);
});
