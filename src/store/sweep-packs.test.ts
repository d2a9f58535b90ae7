import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { hashObject, type IdKey } from "./id-key.ts";
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
import type { Standing, SweepRules } from "./sweep-packs.ts";
import { verifyPack } from "./verify-pack.ts";

const LATER = new Date(Date.now() + 3_600_000);

/** Keeps what is listed; of the rest, says that snapshots that go had it. */
function keeping(ids: readonly ObjectId[], others: Standing = "released"): SweepRules {
  const wanted = new Set(ids);
  const standingOf = (key: IdKey): Standing =>
    wanted.has(key.bytes.toString("hex") as ObjectId) ? "live" : others;
  return { standingOf, graceBefore: LATER };
}

function sweepAll(store: ObjectStore, rules: SweepRules): ReturnType<ObjectStore["measureSweep"]> {
  const sweep = store.openSweep(rules);
  while (sweep.step());
  return sweep.result;
}

function sizeOf(box: ScratchStore): number {
  return readdirSync(box.packs).reduce(
    (sum, name) => sum + statSync(join(box.packs, name)).size,
    0,
  );
}

function isWhole(store: ObjectStore, ids: readonly ObjectId[]): boolean {
  return ids.every((id) => hashObject(store.read(id)) === id);
}

test("removes packs without use, and says before how many bytes that frees", () => {
  using box = makeScratchStore();
  const kept = putAll(box, [prose(3000, 1), noise(2000, 1)]);
  putAll(box, [prose(3000, 2), noise(2000, 2)]);
  const before = sizeOf(box);

  const planned = box.store.measureSweep(keeping(kept));
  expect(sizeOf(box)).toBe(before);
  const done = sweepAll(box.store, keeping(kept));

  expect(done).toEqual({ freed: before - sizeOf(box), dropped: 1, rewritten: 0, damaged: [] });
  expect(planned).toEqual(done);
  expect(isWhole(reopen(box), kept)).toBe(true);
});

test("writes packs anew without their garbage, also that in groups", () => {
  using box = makeScratchStore();
  const kept: ObjectId[] = [];
  for (let pack = 0; pack < 4; pack++) {
    const contents = Array.from({ length: 40 }, (_, at) => prose(900, pack * 100 + at));
    const ids = putAll(box, [...contents, noise(5000, pack + 1), noise(40_000, pack + 50)]);
    // Few of the first groups, all of the last, one of the two that stand alone.
    kept.push(...ids.slice(0, 3), ...ids.slice(36, 41));
  }
  const before = sizeOf(box);

  const planned = box.store.measureSweep(keeping(kept));
  const done = sweepAll(box.store, keeping(kept));

  expect(done).toEqual({ freed: before - sizeOf(box), dropped: 0, rewritten: 4, damaged: [] });
  expect(planned).toEqual(done);
  expect(done.freed).toBeGreaterThan(4 * 40_000);
  expect(isWhole(reopen(box), kept)).toBe(true);
  for (const pack of listFiles(box, ".pack")) expect(verifyPack(pack).ok).toBe(true);
  expect(new Set([...reopen(box).list()].map(({ id }) => id))).toEqual(new Set(kept));
  expect(sweepAll(reopen(box), keeping(kept)).freed).toBe(0);
});

test("leaves recent content alone that nothing records yet", () => {
  using box = makeScratchStore();
  const ids = putAll(box, [noise(2000, 1)]);
  const graceBefore = new Date(Date.now() - 3_600_000);
  const rules = { ...keeping([], "unrecorded"), graceBefore };

  expect(sweepAll(box.store, rules).freed).toBe(0);
  expect(isWhole(box.store, ids)).toBe(true);
  const long = new Date(Date.now() - 7_200_000);
  for (const pack of listFiles(box, ".pack")) utimesSync(pack, long, long);
  expect(sweepAll(box.store, rules).dropped).toBe(1);
});

test("leaves a damaged pack as it is", () => {
  using box = makeScratchStore();
  const [, kept] = putAll(box, [noise(3000, 1), noise(3000, 2)]);
  const [pack = ""] = listFiles(box, ".pack");
  const bytes = readFileSync(pack);
  bytes[8 + 56 + 3000 + 56 + 10] = (bytes[8 + 56 + 3000 + 56 + 10] ?? 0) ^ 1;
  chmodSync(pack, 0o644);
  writeFileSync(pack, bytes);

  const done = sweepAll(reopen(box), keeping([kept as ObjectId]));
  expect(done).toMatchObject({ freed: 0, rewritten: 0, damaged: [pack] });
  expect(readFileSync(pack)).toEqual(bytes);
});

test("sweeps large files beside the packs", () => {
  using box = makeScratchStore();
  const contents = [noise(3000, 7), noise(3000, 8)];
  const ids = contents.map(hashObject);
  for (const [at, id] of ids.entries()) {
    const folder = join(box.objects, "files", id.slice(0, 2));
    putAll(box, []);
    Bun.spawnSync(["mkdir", "-p", folder]);
    writeFileSync(join(folder, id), contents[at] as Uint8Array);
  }

  const rules = keeping([ids[0] as ObjectId]);
  const before = box.store.storedBytes();
  const planned = box.store.measureSweep(rules).freed;
  expect(sweepAll(box.store, rules).freed).toBe(planned);
  expect(box.store.storedBytes()).toBe(before - planned);
  expect(planned).toBeGreaterThan(0);
  expect(reopen(box).has(ids[0] as ObjectId)).toBe(true);
  expect(reopen(box).has(ids[1] as ObjectId)).toBe(false);
});

test("chunks that a list lacks show", () => {
  using box = makeScratchStore();
  const [id] = putAll(box, [noise(5 << 20, 3)]) as [ObjectId];
  expect(box.store.isWhole(id)).toBe(true);
  const chunks = [...box.store.chunkLists()].flatMap((list) => list.chunks ?? []);
  expect(chunks.length).toBeGreaterThan(1);

  sweepAll(box.store, keeping([id, ...chunks.slice(1)]));
  expect(reopen(box).has(id)).toBe(true);
  expect(reopen(box).isWhole(id)).toBe(false);
  expect(putAll(box, [noise(5 << 20, 3)])).toEqual([id]);
  expect(isWhole(reopen(box), [id])).toBe(true);
});

test.each(["gc-dropped", "gc-copied", "gc-published", "gc-replaced"])(
  "killed at %s it loses nothing, and the next sweep does the rest",
  async (point) => {
    using box = makeScratchStore();
    const kept = [1, 2, 3].flatMap((seed) =>
      putAll(box, [noise(2000, seed), prose(500, seed), noise(9000, seed + 10)]).slice(0, 2),
    );
    putAll(box, [noise(4000, 99)]);
    const here = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
    const script = `
      const { armFailPoint } = await import(${here("../model/fail-point.ts")});
      const { openStore } = await import(${here("object-store.ts")});
      armFailPoint(${JSON.stringify(point)});
      const kept = new Set(${JSON.stringify(kept)});
      const standingOf = (key) => (kept.has(key.bytes.toString("hex")) ? "live" : "released");
      const sweep = openStore(${JSON.stringify(box.objects)}).openSweep({ standingOf, graceBefore: new Date() });
      while (sweep.step());
    `;
    const command = [process.execPath, "--define", "JVS_FAIL_POINTS=true", "-e", script];
    const run = Bun.spawn(command, { cwd: box.draft, stderr: "inherit" });
    await run.exited;
    expect(run.signalCode).toBe("SIGKILL");

    expect(isWhole(reopen(box), kept)).toBe(true);
    sweepAll(reopen(box), keeping(kept));
    expect(isWhole(reopen(box), kept)).toBe(true);
    expect(readdirSync(box.packs).length).toBe(2);
    expect([...reopen(box).list()].length).toBe(kept.length);
  },
);
