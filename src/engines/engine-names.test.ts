import { expect, test } from "vitest";
import { btrfsSnapshotEngine } from "./btrfs-snapshot.ts";
import { copyEngine } from "./copy.ts";
import { copiesFiles, folderEngines, keepsFolders } from "./engine-names.ts";
import { juicefsCloneEngine } from "./juicefs-clone.ts";
import { objectsEngine } from "./objects.ts";
import { reflinkCopyEngine } from "./reflink-copy.ts";

const ENGINES = [
  objectsEngine,
  btrfsSnapshotEngine,
  juicefsCloneEngine,
  reflinkCopyEngine,
  copyEngine,
];

test.each(ENGINES)("of $name, its name tells what it says itself", (engine) => {
  expect(keepsFolders(engine.name)).toBe(engine.keepsFolders);
  expect(folderEngines().includes(engine.name)).toBe(engine.keepsFolders);
  expect(copiesFiles(engine.name)).toBe(engine === copyEngine || engine === reflinkCopyEngine);
});

test("old names are understood", () => {
  expect(["btrfs", "juicefs", "reflink"].map(keepsFolders)).toEqual([true, true, true]);
  expect(keepsFolders("unknown")).toBe(false);
});
