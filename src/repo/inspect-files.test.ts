import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SnapshotId } from "../model/snapshot.ts";
import { beginSweep, endSweep } from "./generation.ts";
import { inspectFiles } from "./inspect-files.ts";
import { generationPath, tombstonesPath } from "./layout.ts";
import { listRemovedIds } from "./removed-ids.ts";
import { idAt, makeScratchRepo } from "./scratch-repo.suite.ts";
import { addTombstones } from "./tombstones.ts";

const TOMBSTONE = {
  worktree_name: "main",
  removed_at: "2026-01-02T03:04:05.678Z",
  by: "limits",
  reason: "older than 30 days",
};

test("every altered byte of what gc leaves shows", () => {
  using box = makeScratchRepo();
  const { layout } = box.repo;
  addTombstones(box.repo, [{ ...TOMBSTONE, snapshot_id: idAt(1) as SnapshotId }]);
  addTombstones(box.repo, [{ ...TOMBSTONE, snapshot_id: idAt(2) as SnapshotId }]);
  endSweep(box.repo);
  expect([...inspectFiles(layout)]).toEqual([]);

  for (const path of [tombstonesPath(layout), generationPath(layout), layout.repoJson]) {
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      const altered = Uint8Array.from(whole);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 7));
      writeFileSync(path, altered);
      const found = [...inspectFiles(layout)];
      // A line end more or less between two tombstones changes nothing that they say.
      if (
        Buffer.from(altered).toString().replaceAll("\n", "") ===
        whole.toString().replaceAll("\n", "")
      )
        continue;
      expect(found, `${path} byte ${at}`).not.toEqual([]);
      expect(found.every((fault) => fault.path === path)).toBe(true);
    }
    writeFileSync(path, whole);
  }
});

test("a sweep under way is no damage; what was removed on purpose is known", () => {
  using box = makeScratchRepo();
  beginSweep(box.repo);
  addTombstones(box.repo, [{ ...TOMBSTONE, snapshot_id: idAt(1) as SnapshotId }]);

  expect([...inspectFiles(box.repo.layout)]).toEqual([]);
  expect(listRemovedIds(box.repo)).toEqual(new Set([idAt(1)]));
});
