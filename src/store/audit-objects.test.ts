import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import { auditObjects, type ObjectAudit } from "./audit-objects.ts";
import { hashObject, IdKey, idAt } from "./id-key.ts";
import { IdSet } from "./id-set.ts";
import {
  listFiles,
  makeScratchStore,
  noise,
  prose,
  putAll,
  reopen,
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

/** As an engine that shares blocks leaves it. */
function putFile(box: ScratchStore, id: ObjectId, bytes: Uint8Array): string {
  const path = join(box.objects, "files", id.slice(0, 2), id);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

test("files beside the packs are hashed, and are copies like others", async () => {
  using box = makeScratchStore();
  const [small, large] = [noise(3000), noise(6 * MIB, 7)];
  const [inPack] = putAll(box, [small]) as [ObjectId];
  const alone = hashObject(large);
  const path = putFile(box, alone, large);
  const copy = putFile(box, inPack, small);

  expect(await audit(box, [inPack, alone])).toMatchObject({ damages: [], objects: 3 });
  flip(path, 5 * MIB);
  flip(copy, 20);
  const { damages } = await audit(box, [inPack, alone]);
  expect(damages).toHaveLength(2);
  expect(damages).toContainEqual(
    expect.objectContaining({ id: alone, file: path, readable: false }),
  );
  expect(damages).toContainEqual(
    expect.objectContaining({ id: inPack, file: copy, readable: true }),
  );
  expect((await audit(box, [])).damages).toEqual([]);
  expect((await audit(box, [], true)).damages).toHaveLength(2);
});

test("a list that lost its chunks is no copy, and no fault where the whole file is there", async () => {
  using box = makeScratchStore();
  const large = noise(6 * MIB, 7);
  const [id] = putAll(box, [large]) as [ObjectId];
  const chunks = [...box.store.chunkLists()].flatMap((list) => list.chunks ?? []);
  const sweep = box.store.openSweep({
    standingOf: (key) => (chunks.includes(idAt(key.bytes, 0)) ? "released" : "live"),
    graceBefore: new Date(Date.now() + 3_600_000),
  });
  while (sweep.step());
  expect(reopen(box).isWhole(id)).toBe(false);

  const path = putFile(box, id, large);
  expect(reopen(box).isWhole(id)).toBe(true);
  expect(hashObject(reopen(box).read(id))).toBe(id);
  expect((await audit(box, [id])).damages).toEqual([]);
  flip(path, 100);
  expect(lost(await audit(box, [id]))).toEqual([id]);
});
